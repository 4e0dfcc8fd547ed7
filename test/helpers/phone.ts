// A small browser without JavaScript: keeps cookies, reads forms and posts them with all their fields, as the phone of a
// person does. Chromium, for what needs scripts, is in `chromium.ts`.
import type { TestPerson } from './auth-server.ts';
import { createCookieJar } from './cookie-jar.ts';
import { formFor, formTo } from './html.ts';

export interface Page {
  url: URL;
  status: number;
  headers: Headers;
  text: string;
}

export interface Phone {
  /** The value of a cookie that would be sent to this path, the issuer's root by default. */
  cookie(name: string, path?: string): string | undefined;
  setCookie(name: string, value: string, path?: string): void;
  /** Follows redirects while they stay on the issuer; the answer that leads elsewhere is returned as it is. */
  open(address: string | URL): Promise<Page>;
  /** Fills `fields` into the first form of the page that has them all, presses its button and follows redirects. */
  submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page>;
  /** Presses the button of the form that is sent to this path, with `fields` filled in, and follows redirects. */
  press(page: Page, action: string, fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** Posts exactly these fields. */
  post(address: string | URL, fields: Readonly<Record<string, string>>, headers?: HeadersInit): Promise<Page>;
  /** Posts what a script would. */
  postJson(address: string | URL, body: unknown): Promise<Page>;
  signIn(person: Pick<TestPerson, 'email' | 'password'>): Promise<Page>;
  /** By the button of the account's page. */
  signOut(): Promise<Page>;
}

const READS = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'User-Agent': 'TestPhone/1.0' };
const MAX_REDIRECTS = 12;

/** `always` goes with every request. */
export function createPhone(issuer: string, always: Readonly<Record<string, string>> = {}): Phone {
  const jar = createCookieJar();

  async function request(url: URL, init: RequestInit): Promise<Page> {
    const headers = new Headers({ ...READS, ...always, ...Object.fromEntries(new Headers(init.headers)) });
    const cookies = jar.header(url.pathname);
    if (cookies !== '') headers.set('Cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    jar.take(response.headers.getSetCookie());
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }

  async function follow(first: Page): Promise<Page> {
    let page = first;
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const target = locationOf(page);
      if (!target || target.origin !== issuer) return page;
      page = await request(target, {});
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects, the last to ${page.url.pathname}`);
  }

  const post: Phone['post'] = (address, fields, headers = {}) =>
    request(new URL(address, issuer), {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin', ...Object.fromEntries(new Headers(headers)) },
      body: new URLSearchParams(fields),
    });

  const postJson: Phone['postJson'] = (address, body) =>
    request(new URL(address, issuer), {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  const open: Phone['open'] = async (address) => follow(await request(new URL(address, issuer), {}));

  const submit: Phone['submit'] = async (page, fields) => {
    const { action, hidden } = formFor(page.text, Object.keys(fields));
    return follow(await post(new URL(action, page.url), { ...hidden, ...fields }));
  };

  const press: Phone['press'] = async (page, action, fields = {}) =>
    follow(await post(new URL(action, page.url), { ...formTo(page.text, action).hidden, ...fields }));

  return {
    cookie: (name, path = '/') => jar.get(name, path),
    setCookie: (name, value, path = '/') => jar.take([`${name}=${value}; Path=${path}`]),
    open,
    submit,
    press,
    post,
    postJson,
    signOut: async () => press(await open('/account'), '/account/sign-out'),
    signIn: async ({ email, password }) => submit(await open('/account/sign-in'), { login: email, password }),
  };
}

/** Where a redirect leads, whether or not it is followed. */
export function locationOf({ headers, url, status }: Page): URL | undefined {
  const location = headers.get('Location');
  return location !== null && status >= 300 && status < 400 ? new URL(location, url) : undefined;
}
