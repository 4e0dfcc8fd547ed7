// Counts the seconds of an element's `data-countdown` down, shown as `2:59`. The wall clock is read each time, because
// timers stop while a computer sleeps.

/** Calls `onEnd` once, when no time is left. */
export function startCountdown(element, onEnd) {
  const endsAt = Date.now() + Number(element.dataset.countdown) * 1000;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    if (left > 0) return;
    clearInterval(timer);
    onEnd();
  }, 1000);
}
