// `<tokenim-qr-login client-id="…" scope="…">` for pages of other sites: signs in with the phone by the device grant
// (RFC 8628), asking the server that this file comes from. Needs no other file, no inline style and no HTML from strings,
// so that it runs under a strict content security policy and under Trusted Types.
(() => {
  'use strict';

  const NAME = 'tokenim-qr-login';
  const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
  const DEFAULT_INTERVAL_SECONDS = 5;
  const SLOW_DOWN_SECONDS = 5;
  /** While the server tells of changes by itself, polling only has to notice that it stopped doing so. */
  const WATCHED_INTERVAL_SECONDS = 20;
  const LONGEST_WAIT_SECONDS = 60;
  const AUTOMATIC_REFRESHES = 2;
  const ENDINGS = { access_denied: 'denied', expired_token: 'expired' };

  const TEXTS = {
    en: {
      start: 'Sign in with your phone',
      hint: 'Scan with TokenIM or the camera of your phone, compare the code and confirm.',
      image: 'QR code that opens the sign-in on your phone',
      code: 'Your code',
      manual: 'No camera? Open this address on the phone and type the code:',
      expires: 'Valid for',
      refresh: 'Show a new code',
      starting: 'Getting a code',
      pending: 'Waiting for your phone',
      scanned: 'Scanned. Please confirm on your phone',
      confirming: 'Approved on the phone. Type the two digits that it shows',
      digits: 'The digits on your phone, if it shows any',
      send: 'Continue',
      wrong: 'Those are not the digits on the phone. After three wrong tries the code ends.',
      approved: 'Confirmed',
      denied: 'Declined on the phone. Nobody was signed in',
      expired: 'This code has expired',
      offline: 'No connection. Trying again',
      failed: 'That did not work. Show a new code to try again',
    },
    'zh-CN': {
      start: '扫码登录',
      hint: '用手机上的 TokenIM 或相机扫描二维码，核对代码并确认登录。',
      image: '在手机上打开登录页面的二维码',
      code: '您的代码',
      manual: '无法扫码？在手机上打开此网址并输入代码：',
      expires: '有效时间',
      refresh: '刷新二维码',
      starting: '正在获取二维码',
      pending: '等待扫描',
      scanned: '已扫描，请在手机上确认',
      confirming: '已在手机上确认，请输入手机上显示的两位数字',
      digits: '手机上显示的数字（如有）',
      send: '继续',
      wrong: '与手机上的数字不一致。输错三次后，二维码将失效。',
      approved: '已确认',
      denied: '已在手机上取消，没有登录',
      expired: '二维码已失效',
      offline: '网络中断，正在重试',
      failed: '出现问题，请刷新二维码后重试',
    },
    'zh-TW': {
      start: '掃碼登入',
      hint: '用手機上的 TokenIM 或相機掃描二維碼，核對代碼並確認登入。',
      image: '在手機上開啟登入頁面的二維碼',
      code: '您的代碼',
      manual: '無法掃碼？在手機上開啟此網址並輸入代碼：',
      expires: '有效時間',
      refresh: '重新整理二維碼',
      starting: '正在取得二維碼',
      pending: '等待掃描',
      scanned: '已掃描，請在手機上確認',
      confirming: '已在手機上確認，請輸入手機上顯示的兩位數字',
      digits: '手機上顯示的數字（如有）',
      send: '繼續',
      wrong: '與手機上的數字不一致。輸錯三次後，二維碼將失效。',
      approved: '已確認',
      denied: '已在手機上取消，沒有登入',
      expired: '二維碼已失效',
      offline: '網路中斷，正在重試',
      failed: '發生問題，請重新整理二維碼後再試',
    },
  };

  // The code is dark on white in every colour scheme: many cameras cannot read it the other way round.
  const CSS = `
:host { display: block; max-width: 20rem;
  --ink: var(--tokenim-ink, #12211d); --muted: var(--tokenim-muted, #52645e); --surface: var(--tokenim-surface, #fff);
  --line: var(--tokenim-line, #d6e0db); --accent: var(--tokenim-accent, #0b6e63);
  --on-accent: var(--tokenim-on-accent, #fff); --soft: var(--tokenim-soft, #e0f0eb);
  --bad: var(--tokenim-bad, #b3261e); }
:host([hidden]), [hidden] { display: none !important; }
.panel { display: grid; gap: 12px; justify-items: center; box-sizing: border-box; padding: 20px; text-align: center;
  overflow-wrap: anywhere; font: 1rem/1.5 var(--tokenim-font, system-ui, sans-serif); color: var(--ink);
  background: var(--surface); border: 1px solid var(--line); border-radius: var(--tokenim-radius, 16px); }
.panel > * { margin: 0; max-width: 100%; }
.image { width: var(--tokenim-qr-size, 220px); height: auto; aspect-ratio: 1; box-sizing: border-box;
  border-radius: 10px; background: #fff; }
.status { font-weight: 600; text-wrap: balance; }
.status:empty { margin-top: -12px; }
.small { font-size: .875rem; color: var(--muted); }
.code { display: block; padding: 4px 20px; border-radius: 10px; background: var(--soft); color: var(--ink);
  font: 650 1.625rem/1.4 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .08em; white-space: nowrap;
  user-select: all; -webkit-user-select: all; }
.link { color: var(--accent); }
.time { font-variant-numeric: tabular-nums; }
.button { min-height: 48px; width: 100%; padding: 10px 18px; border: 0; border-radius: 10px; font: inherit;
  font-weight: 600; color: var(--on-accent); background: var(--accent); cursor: pointer; }
.digits { display: grid; gap: 8px; width: 100%; }
.input { box-sizing: border-box; width: 100%; min-height: 48px; padding: 4px 14px; border: 1px solid var(--muted);
  border-radius: 10px; font: 650 1.375rem/1.4 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .12em;
  text-align: center; color: inherit; background: transparent; }
.wrong { margin: 0; font-size: .875rem; color: var(--bad); } .wrong:empty { display: none; }
.panel:focus { outline: none; }
.button:focus-visible, .link:focus-visible, .input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
:host([state=scanned]) .image, :host([state=confirming]) .image { filter: blur(7px); opacity: .35; }
@media (prefers-color-scheme: dark) {
  :host { --ink: var(--tokenim-ink, #e7efec); --muted: var(--tokenim-muted, #9db0a9);
    --surface: var(--tokenim-surface, #151d1b); --line: var(--tokenim-line, #2a3733);
    --accent: var(--tokenim-accent, #56cdb6); --on-accent: var(--tokenim-on-accent, #04231e);
    --soft: var(--tokenim-soft, #16332d); --bad: var(--tokenim-bad, #ff9a90); } }
@media (prefers-reduced-motion: no-preference) {
  .image { transition: filter .2s, opacity .2s; }
  .button { transition: filter .12s; } .button:hover { filter: brightness(.92); } }`;

  // A module script has no `currentScript`.
  const script = document.currentScript ?? document.querySelector('script[src*="/qr-login.js"]');
  const ownIssuer = script?.src ? new URL(script.src).origin : undefined;

  class TokenimQrLogin extends HTMLElement {
    #view;
    #run = new AbortController();

    connectedCallback() {
      this.#view ??= createView(this, () => this.start());
      this.#view.show('idle');
      if (this.hasAttribute('autostart')) this.start();
    }

    disconnectedCallback() {
      this.#run.abort();
    }

    /** Asks for a code; call it when the person wants to sign in (RFC 8628 §3.1). Ends a run before it. */
    start() {
      this.#run.abort();
      this.#run = new AbortController();
      signIn(this, this.#view, this.#run.signal);
    }
  }

  async function signIn(element, view, signal) {
    for (let refreshes = 0; ; refreshes++) {
      await visible();
      if (signal.aborted) return;
      view.show('starting');
      const { state, tokens } = await once(element, view, signal);
      if (signal.aborted) return;
      // Two new codes at most without a click: after that, whoever left the page open is asked (RFC 8628 §3.5).
      if (state === 'expired' && refreshes < AUTOMATIC_REFRESHES) continue;
      view.show(state);
      if (state === 'failed') return;
      element.dispatchEvent(new CustomEvent(state, { detail: tokens, bubbles: true, composed: true }));
      return;
    }
  }

  /** One code, from its request to its end. */
  async function once(element, view, signal) {
    try {
      const issuer = (element.getAttribute('issuer') ?? ownIssuer ?? '').replace(/\/$/, '');
      const clientId = element.getAttribute('client-id') ?? '';
      const scope = element.getAttribute('scope') ?? 'openid';
      const server = await ask(`${issuer}/.well-known/openid-configuration`, undefined, signal);
      // RFC 8414 §3.3: metadata of another issuer is not used.
      if (server.issuer !== issuer) throw new Error(`the metadata is not of ${issuer}`);
      const request = { client_id: clientId, scope, check_supported: 'true' };
      const device = await ask(server.device_authorization_endpoint, request, signal);
      if (typeof device.device_code !== 'string') throw new Error(device.error_description ?? device.error);
      view.showCode(device);
      view.show('pending');
      return await pollTokens(server.token_endpoint, clientId, device, view, signal);
    } catch (error) {
      if (!signal.aborted) console.error(`${NAME}: ${error.message}`);
      return { state: 'failed' };
    }
  }

  /** RFC 8628 §3.5. What the event stream says only decides when to ask. */
  async function pollTokens(endpoint, client_id, { device_code, interval, expires_in, events_uri }, view, signal) {
    const endsAt = Date.now() + expires_in * 1000;
    let seconds = interval ?? DEFAULT_INTERVAL_SECONDS;
    let failures = 0;
    let askedAt = Date.now();
    const hints = createHints(events_uri, view);
    try {
      while (!signal.aborted) {
        const hinted = await hints.waitSecond();
        if (document.hidden) {
          hints.close();
          await visible();
          if (signal.aborted) break;
          hints.open();
        }
        const left = Math.max(0, endsAt - Date.now());
        view.showTime(Math.ceil(left / 1000));
        // Without a stream nobody tells that the phone shows digits, so the person is asked from the start.
        view.askForDigits(!hints.isOpen());
        if (!hinted && left > 0 && Date.now() - askedAt < due() * 1000) continue;
        askedAt = Date.now();
        const answer = await ask(endpoint, { grant_type: DEVICE_CODE_GRANT, client_id, device_code }, signal).catch(
          () => undefined,
        );
        if (answer === undefined) {
          if (left === 0) return { state: 'expired' };
          failures++;
          view.say('offline');
          continue;
        }
        failures = 0;
        if (answer.access_token !== undefined) return { state: 'approved', tokens: answer };
        if (answer.error === 'slow_down') seconds += SLOW_DOWN_SECONDS;
        else if (answer.error !== 'authorization_pending') return { state: ENDINGS[answer.error] ?? 'failed' };
        if (left === 0) return { state: 'expired' };
        view.sayState();
      }
      return { state: 'failed' };
    } finally {
      hints.close();
    }

    function due() {
      if (failures > 0) return Math.min(seconds * 2 ** failures, Math.max(seconds, LONGEST_WAIT_SECONDS));
      return hints.isOpen() ? Math.max(seconds, WATCHED_INTERVAL_SECONDS) : seconds;
    }
  }

  /** The server's event stream, when it offers one; polling goes on without it. */
  function createHints(address, view) {
    let stream;
    let hinted = false;
    let finish = () => {};
    const hints = {
      isOpen: () => stream?.readyState === EventSource.OPEN,
      open() {
        if (!isWeb(address)) return;
        stream = new EventSource(address);
        stream.addEventListener('state', ({ data }) => take(data));
      },
      close: () => stream?.close(),
      /** A second, or less when there is news that only the token endpoint can tell; true then. */
      async waitSecond() {
        if (!hinted) {
          await new Promise((resolve) => {
            finish = resolve;
            setTimeout(resolve, 1000);
          });
        }
        const news = hinted;
        hinted = false;
        return news;
      },
    };
    hints.open();
    return hints;

    function take(data) {
      let state;
      try {
        ({ state } = JSON.parse(data));
      } catch {
        return;
      }
      if (state === 'scanned' || state === 'confirming') return view.show(state);
      if (!['approved', 'denied', 'expired'].includes(state)) return;
      hinted = true;
      // Nothing more comes, and a stream that ended would only open again.
      stream.close();
      finish();
    }
  }

  /** Whether they were taken; three that are not end the code, which the next poll tells. */
  async function sendDigits(address, digits) {
    try {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ digits });
      return (await fetch(address, { method: 'POST', headers, body, credentials: 'omit', redirect: 'error' })).ok;
    } catch {
      return false;
    }
  }

  /** Fails when there is no answer to go by: no network, or a server in trouble. */
  async function ask(address, fields, signal) {
    const response = await fetch(address, {
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
      credentials: 'omit',
      redirect: 'error',
      signal,
    });
    if (response.status >= 500) throw new Error(`the server answers ${response.status}`);
    return response.json();
  }

  function createView(element, start) {
    const root = element.attachShadow({ mode: 'open' });
    const t = TEXTS[localeOf(element.lang || navigator.language)];
    const press = () => {
      // The button goes away; whoever pressed it by keyboard stays where the code appears.
      panel.focus({ preventScroll: true });
      start();
    };
    const startButton = make('button', 'button', { part: 'button start', type: 'button', textContent: t.start });
    const image = make('img', 'image', { part: 'image', alt: t.image });
    const status = make('p', 'status', { part: 'status', role: 'status' });
    const hint = make('p', 'small', { part: 'hint', textContent: t.hint });
    const code = make('code', 'code', { part: 'code' });
    const label = make('p', 'small', { part: 'label', textContent: t.code });
    const link = make('a', 'link', { part: 'link', target: '_blank', rel: 'noopener noreferrer' });
    const manual = make('p', 'small', { part: 'manual' }, `${t.manual} `, link);
    const time = make('span', 'time', {});
    const countdown = make('p', 'small', { part: 'countdown' }, `${t.expires} `, time);
    const refreshButton = make('button', 'button', { part: 'button refresh', type: 'button', textContent: t.refresh });
    const input = make('input', 'input', {
      part: 'input',
      id: 'digits',
      inputMode: 'numeric',
      autocomplete: 'off',
      minLength: 2,
      maxLength: 2,
      required: true,
    });
    const wrong = make('p', 'wrong', { part: 'wrong', role: 'alert' });
    const send = make('button', 'button', { part: 'button send', textContent: t.send });
    const digitsLabel = make('label', 'small', { part: 'label', htmlFor: 'digits', textContent: t.digits });
    const digits = make('form', 'digits', { part: 'digits' }, digitsLabel, input, wrong, send);
    const live = [label, code, countdown, manual];
    const panel = make(
      'div',
      'panel',
      { part: 'panel', role: 'group', ariaLabel: t.start, tabIndex: -1 },
      startButton,
      image,
      status,
      digits,
      hint,
      label,
      code,
      countdown,
      refreshButton,
      manual,
    );
    for (const button of [startButton, refreshButton]) button.addEventListener('click', press);
    // Without the image the code and its address still lead there.
    image.addEventListener('error', () => (image.hidden = hint.hidden = true));
    let checkUri;
    let unheard = false;
    digits.addEventListener('submit', async (event) => {
      event.preventDefault();
      wrong.textContent = (await sendDigits(checkUri, input.value)) ? '' : t.wrong;
      input.value = '';
    });
    root.append(panel);
    adopt(root);

    const view = {
      show(state) {
        element.setAttribute('state', state);
        const isLive = ['pending', 'scanned', 'confirming'].includes(state);
        for (const part of live) part.hidden = !isLive;
        image.hidden = hint.hidden = !isLive || !image.src;
        digits.hidden = !isLive || !isWeb(checkUri) || (state !== 'confirming' && !unheard);
        startButton.hidden = state !== 'idle';
        refreshButton.hidden = !['denied', 'expired', 'failed'].includes(state);
        view.say(state);
      },
      // Text that stays the same is left alone, or some screen readers would say it again at each poll.
      say(name) {
        const text = t[name] ?? '';
        if (status.textContent !== text) status.textContent = text;
      },
      sayState: () => view.say(element.getAttribute('state')),
      askForDigits(always) {
        if (unheard === always) return;
        unheard = always;
        view.show(element.getAttribute('state'));
      },
      showCode({ user_code, verification_uri, qr_uri, check_uri, expires_in }) {
        checkUri = check_uri;
        wrong.textContent = input.value = '';
        code.textContent = user_code;
        link.textContent = verification_uri;
        if (isWeb(verification_uri)) link.href = verification_uri;
        if (isWeb(qr_uri)) image.src = qr_uri;
        else image.removeAttribute('src');
        view.showTime(expires_in);
      },
      showTime(seconds) {
        time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      },
    };
    return view;
  }

  function make(tag, className, { part, role, ...properties }, ...children) {
    const node = Object.assign(document.createElement(tag), { className, ...properties });
    if (part) node.setAttribute('part', part);
    if (role) node.setAttribute('role', role);
    node.append(...children);
    return node;
  }

  /** A policy allows styles made by script, sheet or property (CSP Level 3 §6.1), never a `style` element or attribute. */
  function adopt(root) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch {
      adoptByProperties(root);
    }
  }

  /** For browsers from before 2023: the plain rules, without colour schemes. */
  function adoptByProperties(root) {
    for (const [, selector, rule] of CSS.split('@media')[0].matchAll(/([^{}]+)\{([^}]*)\}/g)) {
      if (selector.trim() === ':host') root.host.style.cssText += rule;
      else if (/^\s*\.\w+(?: > \*)?\s*$/.test(selector)) {
        for (const node of root.querySelectorAll(selector)) node.style.cssText += rule;
      }
    }
    for (const node of root.querySelectorAll('*')) {
      const { display } = node.style;
      const hide = () => (node.style.display = node.hidden ? 'none' : display);
      new MutationObserver(hide).observe(node, { attributeFilter: ['hidden'] });
      hide();
    }
  }

  /** RFC 5646: the script decides between the two Chinese texts, the region where there is no script. */
  function localeOf(tag) {
    const [language, ...subtags] = String(tag).toLowerCase().split('-');
    if (language !== 'zh') return 'en';
    if (subtags.includes('hans')) return 'zh-CN';
    return subtags.some((subtag) => ['hant', 'tw', 'hk', 'mo'].includes(subtag)) ? 'zh-TW' : 'zh-CN';
  }

  /** A `javascript:` address would run in the page. */
  const isWeb = (address) => typeof address === 'string' && /^https?:\/\//i.test(address);

  /** Resolves at once when the page is on screen, else when it comes there. */
  function visible() {
    if (!document.hidden && !document.prerendering) return Promise.resolve();
    return new Promise((resolve) => {
      const check = () => {
        if (document.hidden || document.prerendering) return;
        document.removeEventListener('visibilitychange', check);
        document.removeEventListener('prerenderingchange', check);
        resolve();
      };
      document.addEventListener('visibilitychange', check);
      document.addEventListener('prerenderingchange', check);
    });
  }

  if (!customElements.get(NAME)) customElements.define(NAME, TokenimQrLogin);
})();
