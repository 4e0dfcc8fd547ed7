// Reads YAML into one plain tree and notes where each value stands. Files read one after the other merge: sections key
// by key, and a key that stands twice, in one file or in two, is a problem that names both places.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type ParsedNode, type YAMLMap } from 'yaml';
import type { Places } from './places.ts';
import type { Path, Place, Problem } from './problem.ts';

export type Tree = { [key: string]: unknown };

/** What the files add up to so far. */
export interface Reading {
  tree: Tree;
  places: Places;
  problems: Problem[];
  /** A file could not be read to its end: rules would accuse others of what it may hold. */
  isPartial: boolean;
}

/** No prototype: a key such as `__proto__` or `constructor` is a key like others. */
export const emptyTree = (): Tree => Object.create(null) as Tree;

export const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Adds one file to the reading; its problems too. `file` is the name shown. */
export function readYaml(reading: Reading, file: string, text: string): void {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const report = (place: Place, message: string): void => void reading.problems.push({ ...place, message });

  for (const error of [...document.errors, ...document.warnings]) report(at(error.pos[0]), syntaxMessage(error.message));
  if (document.errors.length > 0) reading.isPartial = true;
  else if (isMap(document.contents)) addEntries(document.contents, [], reading.tree);
  else if (document.contents !== null) report(at(document.contents.range[0]), 'a configuration is a map of sections');

  function addEntries(map: YAMLMap<ParsedNode, ParsedNode | null>, path: Path, tree: Tree): void {
    for (const { key: keyNode, value: node } of map.items) {
      const keyPlace = at(keyNode.range[0]);
      if (!isScalar(keyNode)) {
        report(keyPlace, 'a key must be a plain word');
        continue;
      }
      const key = String(keyNode.value);
      const keyPath = [...path, key];
      const earlier = reading.places.key(keyPath);
      if (earlier === undefined) {
        reading.places.set(keyPath, { key: keyPlace, value: isScalar(node) && node.value !== null ? at(node.range[0]) : keyPlace });
        tree[key] = valueOf(node, keyPath);
      } else if (!merges(earlier, node, keyPath, tree[key])) {
        report(keyPlace, `\`${key}\` stands twice: also at ${earlier.file}:${earlier.line}`);
      }
    }
  }

  /** Sections of several files become one; `version` tells the format of each file. */
  function merges(earlier: Place, node: ParsedNode | null, path: Path, known: unknown): boolean {
    if (path.length > 1 || earlier.file === file) return false;
    if (path[0] === 'version') return isScalar(node) && node.value === known;
    if (!isMap(node) || !isTree(known)) return false;
    addEntries(node as YAMLMap<ParsedNode, ParsedNode | null>, path, known);
    return true;
  }

  function valueOf(node: ParsedNode | null, path: Path): unknown {
    if (isMap(node)) {
      const tree = emptyTree();
      addEntries(node as YAMLMap<ParsedNode, ParsedNode | null>, path, tree);
      return tree;
    }
    if (isSeq(node)) return node.items.map((item, index) => itemOf(item as ParsedNode, [...path, index]));
    if (isAlias(node)) report(at(node.range[0]), 'aliases are not taken here: write the value out');
    return isScalar(node) && node.value !== null ? node.value : undefined;
  }

  function itemOf(node: ParsedNode, path: Path): unknown {
    const place = at(node.range[0]);
    reading.places.set(path, { key: place, value: place });
    return valueOf(node, path);
  }
}

/** The parser's message without what it quotes from the file, which could be a secret. */
const syntaxMessage = (message: string): string => `not valid YAML: ${message.split(': ', 1)[0]}`;
