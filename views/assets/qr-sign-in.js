// Runs the page `/qr`: polls the token endpoint (RFC 8628 §3.4, §3.5) and hands the ID token over to this server's session.
// States only hint at when to ask; what counts is the token endpoint's answer. Markup: views/qr/sign-in.tsx.
import { startCountdown } from './countdown.js';
import { followStates } from './follow-states.js';
import { pageVisible } from './visibility.js';
import { createWaitingPage, delay } from './waiting-page.js';

const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SLOW_DOWN_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 60;
const SECONDS_WITH_EVENTS = 20;
const ENDINGS = { access_denied: 'denied', expired_token: 'expired' };

const root = document.getElementById('qr');
if (root !== null) run(root);

function run(root) {
  const page = createWaitingPage(root, 'tokenim-qr-refreshes');
  const pause = createPause();
  pollTokens(page, pause, watchStates(page, pause));
  takeDigits(root, page, pause);
  startCountdown(root.querySelector('[data-countdown]'), () => {
    if (page.state() === 'pending') page.end('expired');
  });
}

/** The ground truth: rarely while a stream of states is there, at the interval without one, at once after a hint of an end. */
async function pollTokens(page, pause, watch) {
  const { interval, clientId, deviceCode, tokenEndpoint } = page.settings;
  const body = { grant_type: DEVICE_CODE_GRANT, client_id: clientId, device_code: deviceCode };
  let seconds = Number(interval);
  let failures = 0;
  let last = Date.now();
  const due = () => {
    if (watch.isDecided() && failures === 0) return 0;
    const between = watch.isLive() && !watch.isDecided() ? Math.max(seconds, SECONDS_WITH_EVENTS) : seconds;
    return last + 1000 * Math.min(between * 2 ** failures, Math.max(between, LONGEST_WAIT_SECONDS));
  };
  while (!page.hasEnded()) {
    await pause.until(due);
    await pageVisible();
    if (!watch.isLive()) await watch.look();
    if (page.hasEnded()) return;
    last = Date.now();
    const answer = await askForTokens(tokenEndpoint, body);
    failures = answer === undefined ? failures + 1 : 0;
    if (answer === undefined) page.showOffline();
    else if (answer.id_token !== undefined) return openSession(page, answer.id_token);
    else if (answer.error === 'slow_down') seconds += SLOW_DOWN_SECONDS;
    else if (answer.error === 'authorization_pending') page.showOnline();
    else page.end(ENDINGS[answer.error] ?? 'failed');
    if (answer !== undefined) watch.forgetDecision();
  }
}

/** `undefined` when there was no answer to go by: no network, or a server in trouble. */
async function askForTokens(tokenEndpoint, body) {
  try {
    const response = await fetch(tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams(body),
      credentials: 'omit',
      redirect: 'error',
    });
    return response.status >= 500 ? undefined : await response.json();
  } catch {
    return undefined;
  }
}

async function openSession(page, idToken) {
  page.show('approved');
  try {
    const response = await fetch(page.settings.sessionUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id_token: idToken, csrf: page.settings.csrf }),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`The session was refused with status ${response.status}`);
    const target = new URL((await response.json()).location, window.location.href);
    if (target.origin !== window.location.origin) throw new Error('The way on leads to another site');
    page.forgetRefreshes();
    window.location.replace(target);
  } catch {
    page.end('failed');
  }
}

/** The states as hinted: by the stream of events, and without one by looking before each poll. */
function watchStates(page, pause) {
  let decided = false;
  const hear = ({ state }) => {
    if (state === 'scanned') return page.show('scanned');
    if (state === 'confirming') return askForDigits(page);
    if (state === 'pending') return;
    decided = true;
    pause.wake();
  };
  const stream = followStates(page.settings.eventsUri, {
    onHint: hear,
    onLost: () => pause.wake(),
    hasEnded: () => page.hasEnded(),
  });
  return {
    isLive: stream.isLive,
    isDecided: () => decided,
    forgetDecision: () => (decided = false),
    async look() {
      const hint = await askForHint(page.settings.stateUrl);
      if (hint !== undefined) hear(hint);
    },
  };
}

/** The person has said yes on the phone and reads two digits there; only now they are asked for. */
function askForDigits(page) {
  if (page.state() === 'confirming') return;
  page.show('confirming');
  document.getElementById('digits').focus();
}

function takeDigits(root, page, pause) {
  const form = root.querySelector('form.qr-digits');
  const problem = form.querySelector('[data-digits-wrong]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    const status = await sendDigits(page.settings.checkUri, form.elements.digits.value);
    form.elements.digits.value = '';
    // Right, or no longer asked for: the token endpoint says how it stands.
    if (status === undefined) page.showOffline();
    else if (status === 400 || status === 422) problem.textContent = problem.dataset.digitsWrong;
    else pause.wake();
  });
}

async function sendDigits(checkUri, digits) {
  try {
    const response = await fetch(checkUri, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ digits }),
      credentials: 'omit',
      redirect: 'error',
    });
    return response.status;
  } catch {
    return undefined;
  }
}

async function askForHint(stateUrl) {
  try {
    const response = await fetch(stateUrl, { headers: { accept: 'application/json' } });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** A wait until a time that may change meanwhile: whoever changes it wakes the waiting one, who then looks again. */
function createPause() {
  let finish = () => {};
  return {
    async until(due) {
      for (let left = due() - Date.now(); left > 0; left = due() - Date.now()) {
        await Promise.race([delay(left / 1000), new Promise((resolve) => (finish = resolve))]);
      }
    },
    wake: () => finish(),
  };
}
