// Where to go on after signing in: a path of this server, never another site (open redirect, OWASP ASVS 5.1.5).

/** The path and query of `text` when it stays on this server; otherwise `undefined`. */
export function localPath(text: string | undefined, issuer: string): string | undefined {
  if (text === undefined || !text.startsWith('/') || text.length > 2000) return undefined;
  try {
    const { origin, pathname, search } = new URL(text, issuer);
    // `//evil.example` and `/\evil.example` are other origins to a browser.
    return origin === new URL(issuer).origin && !pathname.startsWith('//') ? pathname + search : undefined;
  } catch {
    return undefined;
  }
}
