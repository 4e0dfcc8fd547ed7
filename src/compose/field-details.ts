// What records tell of changed fields. One record holds 256 characters of a text, and 64 texts: what needs more goes on in
// further ones, so that nothing of a change is lost.
import { withoutSecrets } from '../audit/redact.ts';
import type { FieldChange } from '../config/compare.ts';
import { canonical } from '../config/snapshot.ts';

const PIECE = 240;
const TEXTS = 40;

export type Details = Readonly<Record<string, string>>;

/** Of one record after the other; where there are several, `part` counts them. */
export function detailsOf(fields: readonly FieldChange[]): Details[] {
  const texts = fields.flatMap(textsOf);
  const groups = Array.from({ length: Math.ceil(texts.length / TEXTS) }, (_, at) =>
    texts.slice(at * TEXTS, (at + 1) * TEXTS),
  );
  const parts = groups.flatMap(partsOf);
  if (parts.length <= 1) return [parts[0] ?? {}];
  return parts.map((part, at) => ({ ...part, part: `${at + 1} of ${parts.length}` }));
}

type NamedText = readonly [name: string, text: string];

function partsOf(texts: readonly NamedText[]): Details[] {
  const cut = texts.map(([name, text]) => [name, piecesOf(text)] as const);
  const length = Math.max(...cut.map(([, pieces]) => pieces.length));
  return Array.from({ length }, (_, at) =>
    Object.fromEntries(cut.flatMap(([name, pieces]) => (pieces[at] === undefined ? [] : [[name, pieces[at]]]))),
  );
}

function piecesOf(text: string): string[] {
  const clean = withoutSecrets(text);
  return Array.from({ length: Math.max(1, Math.ceil(clean.length / PIECE)) }, (_, at) =>
    clean.slice(at * PIECE, (at + 1) * PIECE),
  );
}

function textsOf({ field, before, after }: FieldChange): NamedText[] {
  const [old, next] = [textOf(before), textOf(after)];
  const isLong = Math.max(old?.length ?? 0, next?.length ?? 0) > PIECE;
  const [had, has] = [listOf(before), listOf(after)];
  const moved = {
    removed: had.filter((item) => !has.includes(item)).join(' '),
    added: has.filter((item) => !had.includes(item)).join(' '),
  };
  return [
    ...(old === undefined ? [] : [[`${field}.before`, old] as const]),
    ...(next === undefined ? [] : [[`${field}.after`, next] as const]),
    // Nobody finds one address among four hundred.
    ...Object.entries(isLong ? moved : {}).map(([name, text]) => [`${field}.${name}`, text] as const),
  ];
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : canonical(value);
