// Reads YAML into one plain tree and notes where each value stands. Files read one after the other merge: sections key
// by key, and a key that stands twice, in one file or in two, is a problem that names both places.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type ParsedNode, type YAMLMap } from 'yaml';
import type { Places } from './places.ts';
import type { Path, Place, Problem } from './problem.ts';
import { syntaxProblems } from './yaml-words.ts';

export type Tree = { [key: string]: unknown };

/** What the files add up to so far. */
export interface Reading {
  tree: Tree;
  places: Places;
  /** Names shown, in the order of reading. */
  files: string[];
  problems: Problem[];
  /** Places that hold what is not taken, told already: what the schema says of them nobody needs. */
  untaken: Path[];
  /** A file could not be read to its end: rules would accuse others of what it may hold. */
  isPartial: boolean;
}

/** The file being read. */
interface Source {
  reading: Reading;
  file: string;
  at(offset: number): Place;
  report(place: Place, message: string): void;
}

type Entries = YAMLMap<ParsedNode, ParsedNode | null>;

/** No prototype: a key such as `constructor` is a key like others. */
export const emptyTree = (): Tree => Object.create(null) as Tree;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Adds one file to the reading; its problems too. `file` is the name shown. */
export function readYaml(reading: Reading, file: string, text: string): void {
  const lines = new LineCounter();
  const { contents, errors, warnings } = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const report = (place: Place, message: string): void => void reading.problems.push({ ...place, message });

  for (const { place, message } of syntaxProblems([...errors, ...warnings], at)) report(place, message);
  if (errors.length > 0) reading.isPartial = true;
  else if (isMap(contents)) addEntries({ reading, file, at, report }, contents, [], reading.tree);
  else if (contents !== null && !(isScalar(contents) && contents.value === null)) {
    reading.isPartial = true;
    report(at(contents.range[0]), NO_MAP);
  }
}

const NO_MAP = 'a configuration is a map of sections, such as `version: 1` and below it `mode: development`';

function addEntries(source: Source, map: Entries, path: Path, tree: Tree): void {
  const { reading, at, report } = source;
  for (const { key: keyNode, value: node } of map.items) {
    const keyPlace = at(keyNode.range[0]);
    if (!isScalar(keyNode)) {
      report(keyPlace, 'a key must be a plain word');
      continue;
    }
    const key = String(keyNode.value);
    if (key === '<<') {
      report(keyPlace, 'merge keys (`<<`) are not taken here: write the values out');
      continue;
    }
    // Whatever reads the tree later may take it for the prototype, or drop it.
    if (key === '__proto__') {
      report(keyPlace, 'unknown key `__proto__`');
      continue;
    }
    const keyPath = [...path, key];
    const earlier = reading.places.key(keyPath);
    if (earlier === undefined) {
      const value = isScalar(node) && node.value !== null ? at(node.range[0]) : keyPlace;
      reading.places.set(keyPath, { key: keyPlace, value });
      tree[key] = valueOf(source, node, keyPath);
    } else if (earlier.file === source.file || !mergeSection(source, node, keyPath, tree[key])) {
      report(keyPlace, `\`${key}\` stands twice: also at ${earlier.file}:${earlier.line}`);
    }
  }
}

/** Sections of several files become one; `version` tells the format of each file. False for anything else. */
function mergeSection(source: Source, node: ParsedNode | null, path: Path, known: unknown): boolean {
  if (path.length > 1) return false;
  if (path[0] === 'version') return isScalar(node) && node.value === known;
  if (!isMap(node) || !isTree(known)) return false;
  addEntries(source, node, path, known);
  return true;
}

function valueOf(source: Source, node: ParsedNode | null, path: Path): unknown {
  if (isMap(node)) {
    const tree = emptyTree();
    addEntries(source, node, path, tree);
    return tree;
  }
  if (isSeq(node)) return node.items.map((item, index) => itemOf(source, item, [...path, index]));
  if (isAlias(node)) {
    source.report(source.at(node.range[0]), 'aliases are not taken here: write the value out');
    source.reading.untaken.push(path);
  }
  // A key cut off before its value is told by the schema, and does not fall back to its default.
  return isScalar(node) ? node.value : null;
}

function itemOf(source: Source, node: ParsedNode, path: Path): unknown {
  const place = source.at(node.range[0]);
  source.reading.places.set(path, { key: place, value: place });
  return valueOf(source, node, path);
}
