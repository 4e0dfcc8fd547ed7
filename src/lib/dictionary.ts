// Records whose keys come from people.

/** Without a prototype: an id such as `constructor`, sent by a stranger, finds nothing. */
export const dictionary = <T>(entries: Readonly<Record<string, T>>): Record<string, T> =>
  Object.assign(Object.create(null) as Record<string, T>, entries);
