// Resources, scopes and roles: every name that is used exists, and roles do not include themselves.
import { OPENID_SCOPES } from '../config.ts';
import { API_RESOURCE, apiResource, isReservedScope, localIssuer } from '../built-in.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { isConfidential } from './client-keys.ts';
import { reportUnknown, type Rule, type RuleContext } from './rule.ts';

const openidScopes: readonly string[] = OPENID_SCOPES;

export const resourceRules: Rule = ({ config, names, report }) => {
  const { indicator } = apiResource(config.issuer ?? localIssuer(config.port));
  const owners = new Map([[indicator, API_RESOURCE]]);
  for (const [id, resource] of Object.entries(config.resources)) {
    const path = ['resources', id];
    if (id === API_RESOURCE) report(path, `\`${id}\` is built in; choose another id`);
    const owner = owners.get(resource.indicator);
    if (owner !== undefined) report([...path, 'indicator'], `is the indicator of \`${owner}\` too`);
    owners.set(resource.indicator, id);

    reportUnknown(report, [...path, 'introspected_by'], 'client', resource.introspected_by, names.clients);
    for (const [index, client] of resource.introspected_by.entries()) {
      const known = Object.hasOwn(config.clients, client) ? config.clients[client] : undefined;
      if (known && !isConfidential(known)) {
        report(
          [...path, 'introspected_by', index],
          `\`${client}\` is public; introspection needs a confidential client (RFC 7662 §2.1)`,
        );
      }
    }
  }
};

export const scopeRules: Rule = ({ config, names, report }) => {
  for (const [name, { resource }] of Object.entries(config.scopes)) {
    const path = ['scopes', name];
    if (openidScopes.includes(name))
      report(path, `\`${name}\` is a scope of OpenID Connect and belongs to no resource`);
    if (isReservedScope(name)) report(path, `\`${name}\` is reserved; qr:approve, keys:… and admin:… are built in`);
    if (resource === API_RESOURCE) report([...path, 'resource'], `\`${resource}\` is built in and has its own scopes`);
    else if (!names.resources.includes(resource)) {
      report([...path, 'resource'], `unknown resource \`${resource}\`${didYouMean(resource, names.resources)}`);
    }
  }
};

export const roleRules: Rule = (context) => {
  const { config, names, report } = context;
  for (const [id, role] of Object.entries(config.roles)) {
    reportUnknown(report, ['roles', id, 'scopes'], 'scope', role.scopes, names.scopes);
    reportUnknown(report, ['roles', id, 'includes'], 'role', role.includes, names.roles);
  }
  reportCycles(context);
};

/** Each role is entered once, the alphabetically first ones first: a cycle is told at the first of its roles that is met. */
function reportCycles({ config, report }: RuleContext): void {
  const left = new Set<string>();
  const way: string[] = [];
  Object.keys(config.roles).sort().forEach(enter);

  function enter(role: string): void {
    if (left.has(role)) return;
    way.push(role);
    for (const included of Object.hasOwn(config.roles, role) ? (config.roles[role]?.includes ?? []) : []) {
      if (way.includes(included)) tell(way.slice(way.indexOf(included)));
      else enter(included);
    }
    way.pop();
    left.add(role);
  }

  function tell(cycle: readonly string[]): void {
    const [first = ''] = cycle.toSorted();
    const start = cycle.indexOf(first);
    const round = [...cycle.slice(start), ...cycle.slice(0, start), first];
    report(['roles', first, 'includes'], `the role includes itself: ${round.join(' → ')}`);
  }
}
