// The server itself: the issuer, the secrets that production must name, and lifetimes that fit together.
import type { Path, Report } from '../problem.ts';
import type { ConfigInput } from '../schema.ts';
import type { Rule } from './rule.ts';

const SECRETS = ['pepper', 'key_encryption_key', 'cookie_keys'] as const;

export const issuerRule: Rule = ({ config, report, isWritten }) => {
  const { issuer, mode } = config;
  if (issuer === undefined) {
    if (mode === 'production' && !isWritten(['issuer']))
      report(['issuer'], '`issuer` is missing; production needs one');
    return;
  }
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== issuer) {
    report(['issuer'], '`issuer` must be an origin such as https://id.example: no path, no slash at its end');
  } else if (mode === 'production' && url.protocol !== 'https:') {
    report(['issuer'], '`issuer` must be https: in production');
  }
};

export const secretRules: Rule = ({ config, report, isWritten }) => {
  if (config.mode !== 'production') return;
  for (const name of SECRETS) {
    if (!isWritten(['secrets', name]))
      report(['secrets'], `\`secrets.${name}\` is missing; production needs { env: NAME } or { file: path }`);
  }
};

export const registrationRule: Rule = ({ config, report, isWritten }) => {
  const { mode, registration } = config;
  if (mode === 'production' && registration === 'open' && !isWritten(['mail'])) {
    report(['registration'], '`registration` is open, but without `mail` nobody gets an activation link');
  }
};

export const lifetimeRules: Rule = ({ config, report }) => {
  const { lifetimes, signing_keys } = config;
  if (signing_keys.publish_before <= signing_keys.cache) {
    report(
      ['signing_keys', 'publish_before'],
      '`publish_before` must be longer than cache: a key signs when all have it',
    );
  }
  reportShortGrant(report, ['lifetimes'], lifetimes, lifetimes);
  if (lifetimes.session_idle > lifetimes.session_absolute) {
    report(['lifetimes', 'session_idle'], '`session_idle` is longer than session_absolute');
  }
  if (lifetimes.qr_link > lifetimes.device_code) {
    report(['lifetimes', 'qr_link'], '`qr_link` is longer than device_code: the link would outlive what it opens');
  }
  clientLifetimeRules({ config, report });
};

export const clientLifetimeRules = ({ config: { clients, lifetimes }, report }: ClientLifetimeContext): void => {
  for (const [id, client] of Object.entries(clients)) {
    reportShortGrant(report, ['clients', id, 'lifetimes'], client.lifetimes, lifetimes);
  }
};

interface ClientLifetimeContext {
  config: { clients: ConfigInput['clients']; lifetimes: Pick<ConfigInput['lifetimes'], 'refresh_token'> };
  report: Report;
}

type Ends = { grant?: number; refresh_token?: number };

function reportShortGrant(report: Report, path: Path, own: Ends, general: { refresh_token: number }): void {
  if (own.grant !== undefined && own.grant < (own.refresh_token ?? general.refresh_token)) {
    report([...path, 'grant'], '`grant` is shorter than refresh_token, which it would cut off');
  }
}
