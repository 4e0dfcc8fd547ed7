// The form of an application: what its fields say in the settings of a client, and what it offers to choose from.
import type { AppDetails } from '../../../views/admin/app.tsx';
import type { AppFormProps } from '../../../views/admin/app-form.tsx';
import type { Settings } from '../../clients/stored-clients.ts';
import { isReservedScope } from '../../config/built-in.ts';
import { OPENID_SCOPES } from '../../config/config.ts';

type Form = Readonly<Record<string, string>>;

export interface AppFields {
  kind?: string | undefined;
  name?: string | undefined;
  uri?: string | undefined;
  /** One a line. */
  redirectUris?: string | undefined;
  origins?: string | undefined;
  grants: readonly string[];
  scopes: readonly string[];
  roles?: readonly string[] | undefined;
}

const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'];

/** `null` takes a setting away. */
export function settingsIn(form: Form): { settings: Settings; isConfidential: boolean } {
  const { kind, name, uri, redirectUris, origins, grants, scopes, roles = [] } = choicesOf(form);
  const settings = {
    name: name ?? '',
    uri: uri === undefined || uri.trim() === '' ? null : uri.trim(),
    ...(kind === 'native' && { type: 'native' }),
    grants,
    redirect_uris: linesOf(redirectUris),
    origins: linesOf(origins),
    scopes,
    allowed_roles: roles.length === 0 ? null : roles,
  };
  return { settings, isConfidential: kind !== 'browser' && kind !== 'native' };
}

export const choicesOf = (form: Form): AppFields => ({
  kind: form['kind'],
  name: form['name'],
  uri: form['uri'],
  redirectUris: form['redirect_uris'],
  origins: form['origins'],
  grants: ticked(form, 'grant:'),
  scopes: ticked(form, 'scope:'),
  roles: ticked(form, 'role:'),
});

export const fieldsOf = (app: AppDetails): AppFields => ({
  name: app.name,
  uri: app.uri,
  redirectUris: app.redirectUris.join('\n'),
  origins: app.origins.join('\n'),
  grants: app.grants,
  scopes: app.scopes.map(({ name }) => name),
  roles: app.allowedRoles,
});

type Shown = Pick<AppFormProps, 'kind' | 'typed' | 'grants' | 'scopes' | 'roles'>;

/** Scopes of our own interface are only for clients of the files. */
export function choicesShown(
  chosen: AppFields,
  scopes: readonly string[],
  roles: readonly string[],
  describe: (scope: string) => string,
): Shown {
  const { kind = 'server', name, uri, redirectUris, origins } = chosen;
  const offered = [...OPENID_SCOPES, ...scopes.filter((scope) => !isReservedScope(scope))];
  return {
    kind,
    typed: { name, uri, redirectUris, origins },
    grants: GRANTS.map((grant) => ({ name: grant, isChosen: chosen.grants.includes(grant) })),
    scopes: offered.map((scope) => ({
      name: scope,
      description: describe(scope),
      isChosen: chosen.scopes.includes(scope),
    })),
    roles: roles.map((role) => ({ name: role, isChosen: chosen.roles?.includes(role) ?? false })),
  };
}

const ticked = (form: Form, prefix: string): string[] =>
  Object.keys(form).flatMap((field) => (field.startsWith(prefix) ? [field.slice(prefix.length)] : []));

const linesOf = (text = ''): string[] => text.split(/\s+/).filter(Boolean);
