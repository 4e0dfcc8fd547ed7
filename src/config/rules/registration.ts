// What registered clients may ask for exists, and is nothing of our own interface.
import { isReservedScope } from '../built-in.ts';
import { OPENID_SCOPES } from '../config.ts';
import { reportUnknown, type Rule } from './rule.ts';

export const clientRegistrationRules: Rule = ({ config, names, report }) => {
  const path = ['client_registration', 'scopes'];
  const { scopes } = config.client_registration;
  reportUnknown(report, path, 'scope', scopes, [...OPENID_SCOPES, ...names.scopes]);
  for (const [index, scope] of scopes.entries()) {
    if (isReservedScope(scope)) report([...path, index], `a client that registers itself may not ask for \`${scope}\``);
  }
};
