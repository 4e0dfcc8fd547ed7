// What a person sees of a page that waits for the phone: its states in words, and what happens when the code has ended. Used by
// qr-sign-in.js and scan-sign-in.js; markup: views/qr/waiting.tsx.
import { pageVisible } from './visibility.js';

const AUTOMATIC_REFRESHES = 2;

/** Of several endings the first one stays. `refreshesKey` names where this tab counts the codes that it renewed by itself. */
export function createWaitingPage(root, refreshesKey) {
  const status = root.querySelector('[data-status]');
  const refreshForm = root.querySelector('form.qr-refresh');
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
  const forgetRefreshes = () => sessionStorage.removeItem(refreshesKey);
  refreshForm.addEventListener('submit', forgetRefreshes);
  // A page from the back-forward cache holds a code of long ago.
  window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
  return {
    settings: root.dataset,
    state: () => root.dataset.state,
    hasEnded: () => ended,
    show: (state) => ended || show(state),
    showOffline: () => ended || say('offline'),
    showOnline: () => ended || say(root.dataset.state),
    forgetRefreshes,
    end(state) {
      if (ended) return;
      ended = true;
      show(state);
      if (state === 'expired') refreshWhileWatched(refreshForm, refreshesKey);
    },
  };
}

/** Two new codes at most without a click (RFC 8628 §3.5: wait for the person before starting again), and only when seen. */
async function refreshWhileWatched(form, refreshesKey) {
  const refreshes = Number(sessionStorage.getItem(refreshesKey));
  if (refreshes >= AUTOMATIC_REFRESHES) return;
  await pageVisible();
  sessionStorage.setItem(refreshesKey, String(refreshes + 1));
  form.submit();
}

export function delay(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
