// How an application and the person signed in are shown. Names come from outside: `bdi` keeps a name with right-to-left
// characters from rearranging the sentence around it.
import type { Ui } from '../../src/web/view.ts';
import { Alert } from './card.tsx';
import { PostForm } from './form.tsx';
import { dayText } from './time.tsx';

export interface ClientFace {
  name: string;
  /** Its home page; shown when it is http or https. */
  uri?: string | undefined;
  /** A path of this server or a `data:image/` URL. Others are not shown: loading them would tell a third party who signs in. */
  logoUri?: string | undefined;
  /** It registered itself: its name is what a stranger chose. `goesTo`: the host that the person is sent to. */
  unchecked?: { at: Date; goesTo?: string | undefined } | undefined;
}

/** The application's logo, or the first letter of its name. */
export const ClientMark = ({ client }: { client: ClientFace }) =>
  isOwnImage(client.logoUri) ? (
    <img class="client-mark" src={client.logoUri} alt="" width="56" height="56" />
  ) : (
    <span class="client-mark" aria-hidden="true">
      {Array.from(client.name.trim())[0]?.toUpperCase() ?? '?'}
    </span>
  );

export const ClientCard = ({ client }: { client: ClientFace }) => {
  const home = webAddress(client.uri);
  return (
    <p class="client">
      <ClientMark client={client} />
      <span class="client-text">
        <bdi class="client-name">{client.name}</bdi>
        {home === undefined ? null : (
          <a class="client-uri" href={home.href} rel="noopener noreferrer" target="_blank">
            {home.host}
          </a>
        )}
      </span>
    </p>
  );
};

/** Under a name that may be anybody's: that nobody vouches for it, and where it leads. */
export const Unchecked = ({ client: { unchecked }, ui }: { client: ClientFace; ui: Ui }) =>
  unchecked === undefined ? null : (
    <Alert tone="warning" title={ui.t('client.unchecked')}>
      {ui.t('client.unchecked.since', { day: dayText(ui.locale, unchecked.at) })}{' '}
      {unchecked.goesTo === undefined ? (
        ui.t('client.unchecked.device')
      ) : (
        <>
          {ui.t('client.unchecked.goes_to')} <bdi class="host">{unchecked.goesTo}</bdi>
        </>
      )}
    </Alert>
  );

export interface Person {
  name: string;
  email?: string | undefined;
}

export interface SignedInPersonProps {
  ui: Ui;
  person: Person;
  /** Takes a POST that ends the session and asks who it is. */
  switchAction: string;
}

export const SignedInPerson = ({ ui, person, switchAction }: SignedInPersonProps) => (
  <PostForm ui={ui} action={switchAction} class="person">
    <p>
      <span class="label">{ui.t('person.signed_in_as')}</span>
      <bdi class="person-name">{person.name}</bdi>
      {person.email === undefined || person.email === person.name ? null : <bdi class="muted">{person.email}</bdi>}
    </p>
    <button type="submit" class="link">
      {ui.t('person.switch')}
    </button>
  </PostForm>
);

function isOwnImage(uri: string | undefined): boolean {
  return uri !== undefined && (/^\/(?![/\\])/.test(uri) || uri.startsWith('data:image/'));
}

/** A `javascript:` address would run in our origin. */
function webAddress(uri: string | undefined): URL | undefined {
  if (uri === undefined || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}
