// What a mail says, and its two forms: plain text and HTML that needs no style sheet and no image. Each letter is a function
// of this folder from its facts and a translator to a `Letter`; `src/mail` sends it.
import type { ComponentChildren } from 'preact';
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

/** The button is the same in both schemes, for readers that turn colours around by themselves; the rest adapts where it can. */
const ACCENT = '#0b6e63';
const STYLE = `
body{background:#f2f5f4;color:#17211f}
.sheet{background:#ffffff}
.brand{color:#0b6e63}
.muted{color:#566461}
@media (prefers-color-scheme:dark){
body{background:#0e1312!important;color:#e9f0ee!important}
.sheet{background:#171e1c!important}
.brand{color:#56cdb6!important}
.muted{color:#a3b3af!important}
}`;
const FONT = `font:16px/1.6 system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif`;

const Document = ({ letter, locale }: { letter: Letter; locale: Locale }) => (
  <html lang={locale}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <title>{letter.subject}</title>
      <style dangerouslySetInnerHTML={{ __html: STYLE }} />
    </head>
    <body style={`margin:0;padding:24px 12px;${FONT}`}>
      <Sheet>
        <p class="brand" style="margin:0 0 20px;font-weight:700">
          TokenIM
        </p>
        {letter.paragraphs.map((paragraph) => (
          <p style="margin:0 0 16px">{paragraph}</p>
        ))}
        <Facts facts={letter.facts ?? []} />
        {letter.action && <Action {...letter.action} />}
        {letter.closing === undefined ? null : (
          <p class="muted" style="margin:16px 0 0;font-size:14px">
            {letter.closing}
          </p>
        )}
      </Sheet>
    </body>
  </html>
);

/** Outlook knows no `max-width` of blocks: the outer table centres, the inner one is the sheet. */
const Sheet = ({ children }: { children: ComponentChildren }) => (
  <table role="presentation" width="100%" cellspacing="0" cellpadding="0">
    <tr>
      <td align="center">
        <table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="max-width:544px">
          <tr>
            <td class="sheet" align="left" style="padding:28px 24px;border-radius:14px">
              {children}
            </td>
          </tr>
        </table>
      </td>
    </tr>
  </table>
);

const Facts = ({ facts }: { facts: NonNullable<Letter['facts']> }) =>
  facts.length === 0 ? null : (
    <table role="presentation" cellspacing="0" cellpadding="0" style="margin:0 0 16px">
      {facts.map(({ label, value }) => (
        <tr>
          <td class="muted" style="padding:2px 16px 2px 0;vertical-align:top">
            {label}
          </td>
          <td style="padding:2px 0;word-break:break-word">{value}</td>
        </tr>
      ))}
    </table>
  );

/** A cell with a colour is a button everywhere. The address stands there in full as well, for readers that show no links. */
const Action = ({ label, href }: { label: string; href: string }) => (
  <>
    <table role="presentation" cellspacing="0" cellpadding="0" style="margin:24px 0">
      <tr>
        <td style={`border-radius:10px;background-color:${ACCENT}`}>
          <a
            href={href}
            style="display:inline-block;padding:12px 22px;color:#ffffff;text-decoration:none;font-weight:600"
          >
            {label}
          </a>
        </td>
      </tr>
    </table>
    <p class="muted" style="margin:0;font-size:14px;word-break:break-all">
      {href}
    </p>
  </>
);
