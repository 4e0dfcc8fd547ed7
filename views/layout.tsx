// The document around every page: head, header and footer. Nothing in it is inline, so that the strict policy of
// `web/middleware` (script-src and style-src 'self') holds.
import { renderToString } from 'preact-render-to-string';
import type { Locale } from '../src/config/config.ts';
import { LOCALES } from '../src/web/i18n.ts';
import type { Ui, View } from '../src/web/view.ts';
import { LANGUAGE_NAMES } from './partials/languages.ts';
import { Logo } from './partials/logo.tsx';

/** The whole HTML document of a page. Everything in `props` and `ui` is escaped, save an `svg` that the server drew. */
export function renderPage<Props>(view: View<Props>, props: Props, ui: Ui): string {
  return `<!doctype html>${renderToString(<Document view={view} props={props} ui={ui} />)}`;
}

interface DocumentProps<Props> {
  view: View<Props>;
  props: Props;
  ui: Ui;
}

function Document<Props>({ view, props, ui }: DocumentProps<Props>) {
  return (
    <html lang={ui.locale}>
      <Head view={view} props={props} ui={ui} />
      <body>
        <a class="skip" href="#main">
          {ui.t('layout.skip')}
        </a>
        <Header ui={ui} />
        <main id="main">{view.body(props, ui)}</main>
        <Footer ui={ui} />
      </body>
    </html>
  );
}

function Head<Props>({ view, props, ui }: DocumentProps<Props>) {
  const refreshAfter = view.refreshWithoutScript?.(props);
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="referrer" content="no-referrer" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${view.title(props, ui)} · TokenIM`}</title>
      <link rel="icon" type="image/svg+xml" href="/assets/icon.svg" />
      <link rel="stylesheet" href="/assets/style.css" />
      {view.scripts?.map((file) => (
        <script type="module" src={`/assets/${file}`} />
      ))}
      {refreshAfter === undefined ? null : (
        <noscript>
          <meta http-equiv="refresh" content={String(refreshAfter)} />
        </noscript>
      )}
    </head>
  );
}

const Header = ({ ui }: { ui: Ui }) => (
  <header class="header">
    <a class="home" href="/" aria-label={ui.t('layout.home')}>
      <Logo />
    </a>
    {ui.mode === 'development' ? (
      <span class="badge" title={ui.t('layout.development.hint')}>
        {ui.t('layout.development')}
      </span>
    ) : null}
    {ui.signedInAs === undefined ? null : (
      <a class="signed-in" href="/account">
        <span class="visually-hidden">{ui.t('person.signed_in_as')} </span>
        <bdi>{ui.signedInAs}</bdi>
      </a>
    )}
  </header>
);

const Footer = ({ ui }: { ui: Ui }) => (
  <footer class="footer">
    <nav aria-label={ui.t('layout.language')}>
      <ul class="languages">
        {LOCALES.map((locale) => (
          <li>
            <a
              href={inLanguage(ui.path, locale)}
              lang={locale}
              hreflang={locale}
              aria-current={locale === ui.locale ? 'true' : undefined}
            >
              {LANGUAGE_NAMES[locale]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  </footer>
);

/** The same page with `lang` set. A path such as `//other.example` must not become the address of another host. */
function inLanguage(path: string, locale: Locale): string {
  const [pathname = '', query = ''] = path.split('?', 2);
  const search = new URLSearchParams(query);
  search.set('lang', locale);
  return `/${pathname.replace(/^[/\\\s]+/, '')}?${search.toString()}`;
}
