// Plain sentences for what does not fit a schema: for configuration files, JSON and forms alike. No sentence repeats a value
// but words that the schema could know, as what somebody wrote may be a secret in the wrong place.
import { z } from 'zod';
import { didYouMean } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export interface WordedIssue {
  path: Path;
  /** Follows the name of what is wrong: `must be a list`. */
  message: string;
  /** The key itself is wrong, not what it holds; `message` names it. */
  unknownKey?: true;
}

/** As much of JSON Schema as is needed to learn which keys a place takes. */
interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | false;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a map of keys and values',
  record: 'a map, with each entry under its id',
  array: 'a list, such as [a, b]',
  string: 'a text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a whole number',
};
/** What people write who know the names of RFC 7591, or of other products. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  client_name: 'name',
  client_secret: 'secrets',
  client_uri: 'uri',
  grant_types: 'grants',
  application_type: 'type',
  id: 'name',
};
/** Longer lists help nobody. */
const KEYS_NAMED = 12;
const NUMBERS = new Set(['number', 'int', 'bigint']);

/** Every issue of what `schema` refused in `value`, at its place, the first of several sentences about one place. */
export function wordIssues(issues: readonly Issue[], value: unknown, schema: z.ZodType): WordedIssue[] {
  const worded = issues.flatMap(innermost).flatMap((issue) => sentencesFor(issue, value, schema));
  const places = worded.map(({ path }) => JSON.stringify(path.map(String)));
  return worded.filter((_one, index) => places.indexOf(places[index] ?? '') === index);
}

/** `redirect_uris.0: must be a text`, for JSON. */
export const issueText = ({ path, message, unknownKey }: WordedIssue): string =>
  unknownKey || path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;

/** Of a union, the issues of the alternative that was meant; of a bad key, why it is bad. */
export function innermost(issue: Issue): Issue[] {
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ code: 'custom', message, path: issue.path, input: undefined }));
  }
  if (issue.code !== 'invalid_union') return [issue];
  const isOtherType = (inner: Issue): boolean => inner.code === 'invalid_type' && inner.path.length === 0;
  const meant = issue.errors.find((alternative) => !alternative.some(isOtherType)) ?? issue.errors[0] ?? [];
  return meant.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

function sentencesFor(issue: Issue, value: unknown, schema: z.ZodType): WordedIssue[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ path, message: predicate(issue, valueAt(value, path)) }];
  const allowed = keysAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, path);
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: sentenceOfUnknown(key, allowed, path),
    unknownKey: true,
  }));
}

function sentenceOfUnknown(key: string, allowed: readonly string[], path: Path): string {
  const takes = allowed.length > 0 && allowed.length <= KEYS_NAMED ? `; it takes ${allowed.join(', ')}` : '';
  // `{ s3cret }` is a map with that key: what stands where a secret belongs is not repeated.
  if (path.includes('secrets')) return `unknown key${takes}`;
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const known = [snake, OTHER_NAMES[snake] ?? ''].find((name) => name !== key && allowed.includes(name));
  const near = known === undefined ? didYouMean(key, allowed) : `; did you mean \`${known}\`?`;
  return `unknown key \`${key}\`${near || takes}`;
}

function predicate(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'has no value';
  switch (issue.code) {
    case 'invalid_type':
      return typeWords(issue, value);
    case 'invalid_value':
      return isOwn(issue.message) ? issue.message : valueWords(issue.values.map(String), value);
    case 'too_small':
      return isOwn(issue.message) ? issue.message : tooSmall(issue);
    case 'too_big':
      return isOwn(issue.message) ? issue.message : tooBig(issue);
    default:
      return isOwn(issue.message) ? issue.message : 'is not valid';
  }
}

/** Sentences of our schemas go on after a name; zod's begin with a capital. */
const isOwn = (message: string): boolean => !/^(Invalid|Too|Unrecognized)\b/.test(message);

function typeWords({ message, expected }: z.core.$ZodIssueInvalidType, value: unknown): string {
  if (isOwn(message)) return message;
  const isBare = expected === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  return `must be ${TYPES[expected] ?? expected}${isBare ? ', in quotes' : ''}`;
}

const valueWords = (values: readonly string[], value: unknown): string =>
  `must be ${values.join(' or ')}${typeof value === 'string' ? didYouMean(value, values) : ''}`;

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall): string {
  if (NUMBERS.has(origin)) return `must be ${minimum} or more`;
  if (Number(minimum) === 1) return 'must not be empty';
  return `must have at least ${minimum} ${partsOf(origin)}`;
}

function tooBig({ origin, maximum }: z.core.$ZodIssueTooBig): string {
  if (Number(maximum) === Number.MAX_SAFE_INTEGER) return 'must be a much smaller number';
  return NUMBERS.has(origin) ? `must be ${maximum} or less` : `must have at most ${maximum} ${partsOf(origin)}`;
}

const partsOf = (origin: string): string => (origin === 'string' ? 'characters' : 'entries');

const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], tree);

function keysAt(schema: JsonSchema, path: Path): string[] {
  const [head, ...rest] = path;
  return (schema.anyOf ?? [schema]).flatMap((variant) => {
    if (head === undefined) return Object.keys(variant.properties ?? {});
    const inner =
      typeof head === 'number' ? variant.items : (variant.properties?.[String(head)] ?? variant.additionalProperties);
    return inner ? keysAt(inner, rest) : [];
  });
}
