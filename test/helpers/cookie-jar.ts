// Cookies of one host by name and path (RFC 6265 §5.3, §5.4), as far as tests need them.

export interface CookieJar {
  take(setCookies: readonly string[]): void;
  /** The Cookie header for a request path; empty when there is nothing to send. */
  header(path: string): string;
  get(name: string, path?: string): string | undefined;
}

interface Cookie {
  name: string;
  value: string;
  path: string;
}

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>();
  const matching = (path: string): Cookie[] =>
    [...cookies.values()].filter((cookie) => matches(path, cookie.path)).sort((a, b) => b.path.length - a.path.length);

  return {
    take(setCookies) {
      for (const text of setCookies) {
        const { cookie, isGone } = parse(text);
        const key = `${cookie.name};${cookie.path}`;
        if (isGone) cookies.delete(key);
        else cookies.set(key, cookie);
      }
    },
    header: (path) =>
      matching(path)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    get: (name, path = '/') => matching(path).find((cookie) => cookie.name === name)?.value,
  };
}

const matches = (path: string, scope: string): boolean =>
  path === scope || path.startsWith(scope.endsWith('/') ? scope : `${scope}/`);

function parse(text: string): { cookie: Cookie; isGone: boolean } {
  const [pair = '', ...rest] = text.split(';').map((part) => part.trim());
  const attributes = new Map(
    rest.map((part) => [part.split('=')[0]?.toLowerCase(), part.slice(part.indexOf('=') + 1)]),
  );
  const expires = Date.parse(attributes.get('expires') ?? '');
  const equals = pair.indexOf('=');
  return {
    cookie: { name: pair.slice(0, equals), value: pair.slice(equals + 1), path: attributes.get('path') ?? '/' },
    isGone: expires <= Date.now() || attributes.get('max-age') === '0',
  };
}
