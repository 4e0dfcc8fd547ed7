// Problems of shape at the place where the mistake was written; the sentences are those of `lib/issue-words.ts`.
import { wordIssues } from '../lib/issue-words.ts';
import type { z } from 'zod';
import type { Path, Problem } from './problem.ts';
import { configSchema } from './schema.ts';
import type { Reading } from './yaml-file.ts';

/** One problem for each place; nothing of what the reader of the file has told already. */
export const problemsOf = (issues: readonly z.core.$ZodIssue[], { tree, places, untaken }: Reading): Problem[] =>
  wordIssues(issues, tree, configSchema)
    .filter(({ path }) => !untaken.some((known) => isWithin(path, known)))
    .map(({ path, message, unknownKey }) => ({
      ...((unknownKey && places.key(path)) || places.value(path)),
      message: unknownKey ? message : `\`${path.map(String).join('.')}\` ${message}`,
    }));

const isWithin = (path: Path, whole: Path): boolean => whole.every((key, index) => String(key) === String(path[index]));
