// Which addresses a client may name: OAuth 2.1 §2.3 and RFC 8252 §7 for redirects, origins for CORS. How a request is
// compared with them is in `oidc/`.

export interface AddressTerms {
  type: 'web' | 'native';
  mode: 'development' | 'production';
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

/** RFC 3986 §2: what is parsed leniently goes elsewhere than it looks, in a header too. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
const NOT_PLAIN = 'must be of printable ASCII alone, without spaces and backslashes; percent-encode others (RFC 3986)';

/** Why a redirect URI is refused, or `undefined`. */
export function redirectUriProblem(uri: string, { type, mode }: AddressTerms): string | undefined {
  if (uri.includes('*')) return 'must not have a wildcard: name each address';
  if (!PLAIN.test(uri)) return NOT_PLAIN;
  if (!URL.canParse(uri)) return 'must be an absolute URI';
  if (uri.includes('#')) return 'must not have a fragment (RFC 6749 §3.1.2)';
  const url = new URL(uri);
  if (url.username || url.password) return 'must not have a user name or password';
  const loopback = LOOPBACK.includes(url.hostname);
  if (url.protocol === 'https:') {
    return type === 'native' && loopback ? 'must be http: for a loopback address (RFC 8252 §7.3)' : undefined;
  }
  if (url.protocol === 'http:') {
    return loopback && (type === 'native' || mode === 'development') ? undefined : HTTP_REFUSED;
  }
  if (type === 'web') return 'must be https:; only a client of type native may have a scheme of its own';
  return url.protocol.includes('.')
    ? undefined
    : 'must have a scheme with a dot, such as com.example.app (RFC 8252 §7.1)';
}

/** Why an address that the server is to call for a client is refused, or `undefined`. */
export function calledAddressProblem(address: string, mode: AddressTerms['mode']): string | undefined {
  if (!PLAIN.test(address)) return NOT_PLAIN;
  if (!URL.canParse(address)) return 'must be an absolute URL';
  const { protocol, hostname, username, password, hash } = new URL(address);
  if (hash || address.includes('#')) return 'must not have a fragment';
  if (username || password) return 'must not have a user name or password';
  if (protocol === 'https:') return undefined;
  const isLocal = mode === 'development' && protocol === 'http:' && LOOPBACK.includes(hostname);
  return isLocal ? undefined : 'must be https:; http: only for a loopback address in development';
}

const HTTP_REFUSED =
  'must be https:; http: only with 127.0.0.1, [::1] or localhost, for a client of type native or in development';

/** Why an origin is refused, or `undefined`. */
export function originProblem(origin: string, { mode }: Pick<AddressTerms, 'mode'>): string | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== origin) {
    return 'must be an origin such as https://app.example: no path, no slash at its end';
  }
  if (url.protocol === 'https:' || mode === 'development' || LOOPBACK.includes(url.hostname)) return undefined;
  return 'must be https:';
}
