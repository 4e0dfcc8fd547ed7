// `/`: what this server is, and where to go from here.
import type { View } from '../src/web/view.ts';
import { Icon, type IconName } from './partials/icon.tsx';

interface Destination {
  href: string;
  icon: IconName;
  title: string;
  text: string;
}

const Door = ({ href, icon, title, text }: Destination) => (
  <li>
    <a class="door" href={href}>
      <Icon name={icon} />
      <span>
        <strong>{title}</strong>
        <span class="muted">{text}</span>
      </span>
    </a>
  </li>
);

export interface HomeProps {
  /** May see the pages of administration. */
  isAdministrator: boolean;
}

export const home: View<HomeProps> = {
  name: 'home',
  title: (_props, { t }) => t('home.title'),
  body: ({ isAdministrator }, { t, signedInAs, mode }) => (
    <div class="landing">
      <h1>{t('home.heading')}</h1>
      <p class="lead">{t('home.lead')}</p>
      <ul class="doors">
        {signedInAs === undefined ? (
          <>
            <Door href="/account" icon="key" title={t('home.sign_in')} text={t('home.sign_in.text')} />
            <Door href="/qr" icon="phone" title={t('home.qr')} text={t('home.qr.text')} />
          </>
        ) : (
          <>
            <Door href="/account" icon="person" title={t('home.account')} text={t('home.account.text')} />
            <Door href="/developer/keys" icon="key" title={t('home.keys')} text={t('home.keys.text')} />
          </>
        )}
        {isAdministrator ? (
          <Door href="/admin" icon="shield" title={t('home.admin')} text={t('home.admin.text')} />
        ) : null}
        <Door href="/device" icon="code" title={t('home.device')} text={t('home.device.text')} />
        {mode === 'development' ? (
          <Door href="/mailbox" icon="mail" title={t('home.mailbox')} text={t('home.mailbox.text')} />
        ) : null}
      </ul>
      <p class="developers">
        <span class="label">{t('home.developers')}</span>
        <a href="/.well-known/openid-configuration">{t('home.discovery')}</a>
        <a href="/.well-known/oauth-authorization-server">{t('home.metadata')}</a>
        <a href="/api/v1/openapi.json">{t('home.openapi')}</a>
      </p>
    </div>
  ),
  samples: { landing: { isAdministrator: false }, administrator: { isAdministrator: true } },
};
