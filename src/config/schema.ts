// What an administrator may write: the root of the schema, assembled from `sections/`. Rules between sections are in
// `validate.ts`; what the rest of the code reads is in `config.ts`.
import { z } from 'zod';
import { resourcesSection, rolesSection, scopesSection } from './sections/access.ts';
import { clientsSection } from './sections/clients.ts';
import { lifetimesSection, signingKeysSection } from './sections/lifetimes.ts';
import {
  auditSection,
  limitsSection,
  passwordSection,
  qrSection,
  reloadSection,
  signInsSection,
} from './sections/protection.ts';
import { clientRegistrationSection } from './sections/registration.ts';
import { secretsSection } from './sections/secret.ts';
import { geoipSection, mailSection, serverFields } from './sections/server.ts';

export const configSchema = z
  .strictObject({
    ...serverFields,
    secrets: secretsSection,
    mail: mailSection,
    geoip: geoipSection,
    lifetimes: lifetimesSection,
    signing_keys: signingKeysSection,
    qr: qrSection,
    limits: limitsSection,
    password: passwordSection,
    audit: auditSection,
    sign_ins: signInsSection,
    reload: reloadSection,
    resources: resourcesSection,
    scopes: scopesSection,
    roles: rolesSection,
    clients: clientsSection,
    client_registration: clientRegistrationSection,
  })
  .meta({ title: 'Configuration of TokenIM Auth' });

/** The files' content with defaults filled in and durations in seconds; secrets and references are not resolved yet. */
export type ConfigInput = z.output<typeof configSchema>;
export type ClientInput = ConfigInput['clients'][string];

/** JSON Schema (draft 2020-12) of one configuration file, for editors; `config/schema.json` is a copy of it. */
export function configJsonSchema(): object {
  const { required: _files, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  return schema;
}
