// Sentences for what does not fit the schema. None repeats a value from the file but words that the schema could know.
import type { z } from 'zod';
import { didYouMean } from './nearest.ts';
import type { Path, Place, Problem } from './problem.ts';
import { configJsonSchema } from './schema.ts';
import type { Reading } from './yaml-file.ts';

/** As much of JSON Schema as is needed to learn which keys a place takes. */
interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | false;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

const TYPE_NAMES: Record<string, string> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a whole number',
};

/** One problem, or one for each unknown key, at the place where the mistake was written. */
export function problemsOf(issue: z.core.$ZodIssue, { tree, places }: Reading): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [
      { ...places.value(issue.path), message: wording(issue, valueAt(tree, issue.path), places.key(issue.path)) },
    ];
  }
  const allowed = keysAt(configJsonSchema(), issue.path);
  return issue.keys.map((key) => ({
    ...(places.key([...issue.path, key]) ?? places.value(issue.path)),
    message: unknownKey(key, allowed, issue.path),
  }));
}

function unknownKey(key: string, allowed: readonly string[], path: Path): string {
  // `{ s3cret }` is a map with that key: what stands where a secret belongs is not repeated.
  if (path.includes('secrets')) return `unknown key; it takes ${allowed.join(', ')}`;
  return `unknown key \`${key}\`${didYouMean(key, allowed)}`;
}

function wording(issue: z.core.$ZodIssue, value: unknown, key: Place | undefined): string {
  const name = `\`${issue.path.map(String).join('.')}\``;
  if (value === undefined || value === null) return key ? `${name} has no value` : `${name} is missing`;
  if (issue.code === 'invalid_type') return `${name} ${typeWording(issue)}`;
  if (issue.code === 'invalid_value' && issue.values.length > 1) {
    const values = issue.values.map(String);
    return `${name} must be ${values.join(' or ')}${typeof value === 'string' ? didYouMean(value, values) : ''}`;
  }
  return `${name} ${issue.message.replace(/^Too /, 'is too ')}`;
}

/** The schema's own sentence where it has one; zod's begins with `Invalid input`. */
const typeWording = (issue: z.core.$ZodIssueInvalidType): string =>
  issue.message.startsWith('Invalid input') ? `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}` : issue.message;

const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], tree);

function keysAt(schema: JsonSchema, path: Path): string[] {
  const [head, ...rest] = path;
  return (schema.anyOf ?? [schema]).flatMap((variant) => {
    if (head === undefined) return Object.keys(variant.properties ?? {});
    const inner =
      typeof head === 'number' ? variant.items : (variant.properties?.[String(head)] ?? variant.additionalProperties);
    return inner ? keysAt(inner, rest) : [];
  });
}
