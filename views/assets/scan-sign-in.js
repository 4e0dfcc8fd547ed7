// Runs the page that signs in to an application by scanning: asks this server how it stands and, once the phone has approved,
// sends the form that finishes. The device code stays on the server; events only say when to ask. Markup: views/qr/scan.tsx.
import { startCountdown } from './countdown.js';
import { followStates } from './follow-states.js';
import { pageVisible } from './visibility.js';
import { createWaitingPage, delay } from './waiting-page.js';

const SECONDS_BETWEEN_QUESTIONS = 2;
/** While events come. */
const WATCHED_SECONDS = 20;
const LONGEST_WAIT_SECONDS = 60;
const ENDINGS = ['approved', 'denied', 'expired'];

const root = document.getElementById('scan');
if (root !== null) run(root);

async function run(root) {
  const page = createWaitingPage(root, 'tokenim-scan-refreshes');
  const finishForm = root.querySelector('form.qr-finish');
  startCountdown(root.querySelector('[data-countdown]'), () => end('expired'));
  if (ENDINGS.includes(root.dataset.state)) end(root.dataset.state);
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
    else if (ENDINGS.includes(state)) end(state);
    else page.show(state);
  }

  function end(state) {
    if (page.hasEnded()) return;
    page.end(state);
    if (state !== 'expired') page.forgetRefreshes();
    if (state === 'approved') finishForm.submit();
  }
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
