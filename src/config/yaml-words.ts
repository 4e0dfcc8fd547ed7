// What is wrong with the YAML of a file, in words; `yaml-file.ts` reads it.
import type { YAMLError } from 'yaml';
import type { Place } from './problem.ts';

/** The parser says more than anybody reads where one mistake drags others along. */
const MOST_TOLD = 20;

/** By what the parser's messages begin with. */
const SENTENCES: readonly (readonly [begin: string, sentence: string])[] = [
  ['Tabs are not allowed', 'tabs are not allowed for indenting: use spaces'],
  ['Missing closing', 'a quote is opened and not closed'],
  ['Implicit map keys need', 'a key needs a colon and a space after it'],
  ['Implicit keys need to be on a single line', 'a key needs a colon and a space after it, on its own line'],
  ['All mapping items must start', 'this line is indented otherwise than those around it'],
  ['All sequence items must start', 'this line is indented otherwise than those around it'],
  ['Nested mappings are not allowed', 'there are two colons in one line: put the value in quotes'],
  ['Flow sequence', 'a list that begins with [ is not closed by ]'],
  ['Flow map', 'a map that begins with { is not closed by }'],
  ['Source contains multiple documents', 'a file holds one document: remove the line ---'],
  ['Unresolved tag', 'tags such as !name are not taken here: write the value alone'],
  ['Unresolved alias', 'aliases are not taken here: write the value out'],
];
const TOO_DEEP = 'the file is nested too deeply';

/** Each sentence once at its place, without what the parser quotes from the file, which could be a secret. */
export function syntaxProblems(
  errors: readonly YAMLError[],
  at: (offset: number) => Place,
): { place: Place; message: string }[] {
  const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (exhausted) return [{ place: at(exhausted.pos[0]), message: TOO_DEEP }];
  const told = new Map(
    errors.map((error) => [
      `${error.pos[0]} ${sentenceOf(error)}`,
      { place: at(error.pos[0]), message: sentenceOf(error) },
    ]),
  );
  return [...told.values()].slice(0, MOST_TOLD);
}

function sentenceOf({ message }: YAMLError): string {
  const known = SENTENCES.find(([begin]) => message.startsWith(begin))?.[1];
  return `not valid YAML: ${known ?? message.split(': ', 1)[0]}`;
}
