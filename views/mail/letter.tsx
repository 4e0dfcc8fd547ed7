// What a mail says, and its two forms: plain text and HTML that needs no style sheet and no image. Each letter is a function
// of this folder from its facts and a translator to a `Letter`; `src/mail` sends it.
import { renderToString } from 'preact-render-to-string';
import type { Locale } from '../../src/config/config.ts';

export interface Letter {
  subject: string;
  /** Plain text; never anything a stranger could have written at length. */
  paragraphs: readonly string[];
  /** Such as when and from where. */
  facts?: readonly { label: string; value: string }[];
  /** The one thing to do. */
  action?: { label: string; href: string };
  /** After the action: what to do when this was not expected. */
  closing?: string;
}

/** The parts of a message (RFC 2046 §5.1.4): both forms say the same. */
export function renderLetter(letter: Letter, locale: Locale): { subject: string; text: string; html: string } {
  return {
    subject: letter.subject,
    text: textOf(letter),
    html: `<!doctype html>${renderToString(<Document letter={letter} locale={locale} />)}`,
  };
}

function textOf({ paragraphs, facts = [], action, closing }: Letter): string {
  const parts = [
    ...paragraphs,
    facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    action && `${action.label}:\n${action.href}`,
    closing,
    '-- \nTokenIM',
  ];
  return `${parts.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}

const Document = ({ letter, locale }: { letter: Letter; locale: Locale }) => (
  <html lang={locale}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{letter.subject}</title>
    </head>
    <body style="margin:0;padding:24px 16px;font:16px/1.6 system-ui,sans-serif">
      <div style="max-width:34rem;margin:0 auto">
        <p style="font-weight:700">TokenIM</p>
        {letter.paragraphs.map((paragraph) => (
          <p>{paragraph}</p>
        ))}
        <Facts facts={letter.facts ?? []} />
        {letter.action && <Action {...letter.action} />}
        {letter.closing === undefined ? null : <p style="font-size:14px;opacity:.75">{letter.closing}</p>}
      </div>
    </body>
  </html>
);

const Facts = ({ facts }: { facts: NonNullable<Letter['facts']> }) =>
  facts.length === 0 ? null : (
    <table role="presentation" style="border-spacing:0 4px">
      {facts.map(({ label, value }) => (
        <tr>
          <td style="padding-right:16px;opacity:.75;vertical-align:top">{label}</td>
          <td>{value}</td>
        </tr>
      ))}
    </table>
  );

/** The address stands there in full as well, for readers that show no links. */
const Action = ({ label, href }: { label: string; href: string }) => (
  <>
    <p style="margin:24px 0">
      <a
        href={href}
        style="display:inline-block;padding:12px 20px;border-radius:10px;background:#1f5eff;color:#fff;text-decoration:none;font-weight:600"
      >
        {label}
      </a>
    </p>
    <p style="font-size:14px;opacity:.75;word-break:break-all">{href}</p>
  </>
);
