// Reads the forms of a page that this server rendered: attributes are quoted, entities are the few that it writes.

export interface Form {
  action: string;
  /** Names of all controls, buttons included. */
  names: readonly string[];
  hidden: Readonly<Record<string, string>>;
}

/** The first form with controls of all these names. Throws when the page has none. */
export function formFor(html: string, names: readonly string[]): Form {
  const found = formsOf(html).find((form) => names.every((name) => form.names.includes(name)));
  if (!found) throw new Error(`no form with ${names.join(', ')} on the page:\n${textOf(html)}`);
  return found;
}

/** The first form that is sent to this path. Throws when the page has none. */
export function formTo(html: string, action: string): Form {
  const found = formsOf(html).find((form) => form.action === action);
  if (!found) throw new Error(`no form to ${action} on the page:\n${textOf(html)}`);
  return found;
}

export const formsOf = (html: string): Form[] =>
  [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, tag = '', body = '']) => {
    const controls = [...body.matchAll(/<(?:input|button|select|textarea)\b([^>]*)>/g)].map(([, text = '']) => text);
    const hidden = controls.filter((control) => attribute(control, 'type') === 'hidden');
    return {
      action: attribute(tag, 'action') ?? '',
      names: controls.map((control) => attribute(control, 'name')).filter((name) => name !== undefined),
      hidden: Object.fromEntries(
        hidden.map((control) => [attribute(control, 'name') ?? '', attribute(control, 'value') ?? '']),
      ),
    };
  });

/** What a person reads, for messages and assertions. */
export const textOf = (html: string): string =>
  unescaped(html.replace(/<(style|script|svg|title)\b.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();

/** The value of an attribute, such as `data-device-code`, wherever it first stands. */
export const attributeOf = (html: string, name: string): string | undefined => attribute(html, name);

function attribute(text: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1];
  return value === undefined ? undefined : unescaped(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&#39;': "'",
  '&amp;': '&',
};

const unescaped = (text: string): string =>
  text.replace(/&(?:quot|lt|gt|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
