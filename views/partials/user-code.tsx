// The user code (RFC 8628 §6.1), large and evenly spaced to be compared with another screen, and selectable as one text.
export const UserCode = ({ code, label }: { code: string; label: string }) => (
  <p class="user-code">
    <span class="label">{label}</span>
    <code>{code}</code>
  </p>
);

/** Time left as `2:59`. `assets/countdown.js` counts it down; nothing is announced while it does. */
export const Countdown = ({ seconds }: { seconds: number }) => (
  <span class="countdown" data-countdown={Math.max(0, Math.floor(seconds))}>
    {formatSeconds(seconds)}
  </span>
);

function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
