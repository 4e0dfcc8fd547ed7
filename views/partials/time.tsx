// A moment as pages and mails say it: unambiguous everywhere, in UTC, because the server does not know the reader's zone.

export const momentText = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export const Time = ({ at }: { at: Date }) => (
  <time class="muted" datetime={at.toISOString()}>
    {momentText(at)}
  </time>
);
