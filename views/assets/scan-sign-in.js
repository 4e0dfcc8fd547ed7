// Runs the page that signs in to an application by scanning: asks this server how it stands and, once the phone has approved,
// sends the form that finishes. The device code stays on the server; events only say when to ask. Markup: views/qr/scan.tsx.
import { startCountdown } from './countdown.js';
import { followStates } from './follow-states.js';
import { pageVisible } from './visibility.js';

const SECONDS_BETWEEN_QUESTIONS = 2;
/** While events come. */
const WATCHED_SECONDS = 20;
const LONGEST_WAIT_SECONDS = 60;
const AUTOMATIC_REFRESHES = 2;
const REFRESHES_KEY = 'tokenim-scan-refreshes';
const ENDINGS = ['approved', 'denied', 'expired'];

const root = document.getElementById('scan');
if (root !== null) run(root);

async function run(root) {
  const page = createPage(root);
  startCountdown(root.querySelector('[data-countdown]'), () => page.end('expired'));
  // A page from the back-forward cache holds a code of long ago.
  window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
  if (ENDINGS.includes(root.dataset.state)) page.end(root.dataset.state);
  let failures = 0;
  let wake = () => {};
  const hinted = () => wake();
  const stream = followStates(root.dataset.eventsUri, { onHint: hinted, onLost: hinted, hasEnded: page.hasEnded });
  while (!page.hasEnded()) {
    const seconds = stream.isLive() ? WATCHED_SECONDS : SECONDS_BETWEEN_QUESTIONS * 2 ** failures;
    await Promise.race([delay(Math.min(seconds, LONGEST_WAIT_SECONDS)), new Promise((resolve) => (wake = resolve))]);
    await pageVisible();
    if (page.hasEnded()) return;
    const state = await askForState(root.dataset.stateUrl);
    failures = state === undefined ? failures + 1 : 0;
    if (state === undefined) page.showOffline();
    else if (ENDINGS.includes(state)) page.end(state);
    else page.show(state);
  }
}

/** What the person sees. Of several endings the first one stays. */
function createPage(root) {
  const status = root.querySelector('[data-status]');
  const refreshForm = root.querySelector('form.qr-refresh');
  const finishForm = root.querySelector('form.qr-finish');
  let ended = false;
  // Text that stays the same is left alone, or some screen readers would say it again at each question.
  const say = (name) => {
    const text = root.getAttribute(`data-text-${name}`);
    if (status.textContent !== text) status.textContent = text;
  };
  const show = (state) => {
    root.dataset.state = state;
    say(state);
  };
  refreshForm.addEventListener('submit', () => sessionStorage.removeItem(REFRESHES_KEY));
  return {
    hasEnded: () => ended,
    show: (state) => ended || show(state),
    showOffline: () => ended || say('offline'),
    end(state) {
      if (ended) return;
      ended = true;
      show(state);
      if (state === 'expired') return refreshWhileWatched(refreshForm);
      sessionStorage.removeItem(REFRESHES_KEY);
      if (state === 'approved') finishForm.submit();
    },
  };
}

/** `undefined` when there was no answer to go by. A page whose time is over is loaded again and says so. */
async function askForState(stateUrl) {
  try {
    const response = await fetch(stateUrl, { headers: { accept: 'application/json' }, redirect: 'error' });
    if (response.status === 404) return window.location.reload();
    return response.ok ? (await response.json()).state : undefined;
  } catch {
    return undefined;
  }
}

/** Two new codes at most without a click (RFC 8628 §3.5: wait for the person before starting again), and only when seen. */
async function refreshWhileWatched(form) {
  const refreshes = Number(sessionStorage.getItem(REFRESHES_KEY));
  if (refreshes >= AUTOMATIC_REFRESHES) return;
  await pageVisible();
  sessionStorage.setItem(REFRESHES_KEY, String(refreshes + 1));
  form.submit();
}

function delay(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
