// Judges the shape of the tree against the schema; `wording.ts` says what is wrong. What is broken is left out of the
// answer, so that the rules of `validate.ts` can still judge the rest and every problem is told at once.
import type { z } from 'zod';
import { innermost } from '../lib/issue-words.ts';
import type { Path } from './problem.ts';
import { configSchema, type ConfigInput } from './schema.ts';
import { problemsOf } from './wording.ts';
import { isTree, type Reading, type Tree } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

/** Sections keyed by id: one broken entry does not break its neighbours. */
const KEYED_SECTIONS: readonly PropertyKey[] = ['resources', 'scopes', 'roles', 'clients'];

/** Adds the problems of shape to the reading; answers what is whole, or `undefined` when too little is. */
export function judgeShape(reading: Reading): ConfigInput | undefined {
  const parsed = configSchema.safeParse(reading.tree);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap(innermost);
  reading.problems.push(...problemsOf(issues, reading));

  // The rules differ by mode: without a valid one they would accuse wrongly.
  if (issues.some((issue) => issue.path[0] === 'mode')) return undefined;
  const whole: Tree = { ...structuredClone(reading.tree), version: 1 };
  for (const issue of issues) leaveOut(whole, issue);
  return configSchema.safeParse(whole).data;
}

function leaveOut(tree: Tree, issue: Issue): void {
  if (issue.code === 'unrecognized_keys') return issue.keys.forEach((key) => deleteAt(tree, [...issue.path, key]));
  if (issue.path[0] === 'version') return;
  deleteAt(tree, issue.path.slice(0, KEYED_SECTIONS.includes(issue.path[0] ?? '') ? 2 : 1));
}

function deleteAt(tree: unknown, [head, ...rest]: Path): void {
  if (head === undefined || (!isTree(tree) && !Array.isArray(tree))) return;
  const holder = tree as Tree;
  if (rest.length === 0) delete holder[String(head)];
  else deleteAt(holder[String(head)], rest);
}
