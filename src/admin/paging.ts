// Addresses of the next page of a list, with the filters of this one.

export type Filters = Readonly<Record<string, string | undefined>>;

/** `path` with the parameters that have a value. */
export function address(path: string, parameters: Filters): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** Nothing without a cursor. */
export const olderThan = (next: string | undefined, path: string, filters: Filters = {}): string | undefined =>
  next === undefined ? undefined : address(path, { ...filters, after: next });
