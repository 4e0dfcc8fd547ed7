// What a page is: a pure function from typed props to markup, with samples that let one test render every page in every
// language. The pages themselves are in `views/`; `render.ts` puts them into the layout and answers the request.
import type { VNode } from 'preact';
import type { Locale } from '../config/config.ts';
import type { Translate } from './i18n.ts';

export type { Translate };

/** What every page may know of the request. */
export interface Ui {
  t: Translate;
  locale: Locale;
  /** Value of the hidden field `csrf` that every form carries. */
  csrf: string;
  requestId: string;
  /** Path and query of this page, for the language links. */
  path: string;
  /** The name shown in the header for a person signed in. */
  signedInAs?: string;
  mode: 'development' | 'production';
}

export interface View<Props> {
  /** Path-like and unique, such as `accounts/sign-in`. */
  name: string;
  title(props: Props, ui: Ui): string;
  body(props: Props, ui: Ui): VNode;
  /** Files of `views/assets` that the page runs, without inline script. */
  scripts?: readonly string[];
  /** Seconds after which a browser without JavaScript loads the page again (inside `noscript`). */
  refreshWithoutScript?(props: Props): number | undefined;
  /** Every state of the page, by name. */
  samples: Record<string, Props>;
}
