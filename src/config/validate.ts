// Rules between sections, which no schema of one section can say. Each rule is in `rules/`; all run, whatever the
// others find.
import { API_RESOURCE, builtInScopes, WEB_CLIENT } from './built-in.ts';
import { resourceRules, roleRules, scopeRules } from './rules/access.ts';
import { clientRules } from './rules/clients.ts';
import { clientRegistrationRules } from './rules/registration.ts';
import type { Names, Rule } from './rules/rule.ts';
import type { Path, Report } from './problem.ts';
import { issuerRule, lifetimeRules, registrationRule, secretRules } from './rules/server.ts';
import type { ConfigInput } from './schema.ts';
import { isTree, type Reading } from './yaml-file.ts';

const rules: readonly Rule[] = [
  issuerRule,
  secretRules,
  registrationRule,
  lifetimeRules,
  resourceRules,
  scopeRules,
  roleRules,
  clientRules,
  clientRegistrationRules,
];

/** Reports every broken rule. */
export function validate(config: ConfigInput, { tree, places }: Reading, report: Report): void {
  const declared = (section: string): string[] => (isTree(tree[section]) ? Object.keys(tree[section]) : []);
  const names: Names = {
    resources: [...declared('resources'), API_RESOURCE],
    scopes: [...declared('scopes'), ...Object.keys(builtInScopes)],
    roles: declared('roles'),
    clients: [...declared('clients'), WEB_CLIENT],
  };
  const context = {
    config,
    names,
    report,
    isWritten: (path: Path) => places.key(path) !== undefined,
  };
  for (const rule of rules) rule(context);
}
