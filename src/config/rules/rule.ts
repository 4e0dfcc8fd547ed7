// What a rule between sections gets to see. Each file of this folder holds the rules of one section; `../validate.ts`
// runs them all.
import { didYouMean } from '../../lib/nearest.ts';
import type { Path, Report } from '../problem.ts';
import type { ConfigInput } from '../schema.ts';

/** Every declared name, also of entries that are broken: they are not unknown. */
export interface Names {
  resources: readonly string[];
  scopes: readonly string[];
  roles: readonly string[];
  clients: readonly string[];
}

export interface RuleContext {
  config: ConfigInput;
  names: Names;
  report: Report;
  /** Whether something stands at the path, valid or not. */
  isWritten(path: Path): boolean;
}

export type Rule = (context: RuleContext) => void;

/** Reports each name of a list that is not known. */
export function reportUnknown(
  report: Report,
  path: Path,
  sort: 'resource' | 'scope' | 'role' | 'client',
  named: readonly string[],
  known: readonly string[],
): void {
  for (const [index, name] of named.entries()) {
    if (!known.includes(name)) report([...path, index], `unknown ${sort} \`${name}\`${didYouMean(name, known)}`);
  }
}
