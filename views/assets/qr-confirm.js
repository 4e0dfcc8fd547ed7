// Claims the scanned code for the person signed in, so that the other screen can say "scanned". Markup: views/qr/confirm.tsx.
// A visit changes nothing by itself (link previews, prerendering): the claim is a POST, sent once the page is on screen.
import { startCountdown } from './countdown.js';
import { pageVisible } from './visibility.js';

/** Not there, decided or claimed by somebody else, expired. */
const REFUSALS = [404, 409, 410];

const root = document.getElementById('confirm');
if (root !== null) run(root);

async function run(root) {
  startCountdown(root.querySelector('[data-countdown]'), showReason);
  await pageVisible();
  const response = await claim(root.dataset);
  if (response !== undefined && REFUSALS.includes(response.status)) showReason();
}

/** Without an answer the sheet stays: the decision itself claims the code too. */
async function claim({ scanUrl, csrf }) {
  try {
    return await fetch(scanUrl, { method: 'POST', body: new URLSearchParams({ csrf }) });
  } catch {
    return undefined;
  }
}

/** The server knows why, and says so when the page is loaded again; once, should it think otherwise. */
function showReason() {
  const [navigation] = performance.getEntriesByType('navigation');
  if (navigation?.type !== 'reload') window.location.reload();
}
