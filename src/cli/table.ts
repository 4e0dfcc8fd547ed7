// Text for people in a terminal: aligned columns, also of Chinese text, and no control characters of strangers.

/** Half-width forms (U+FF61 to U+FFDC) belong to wide scripts. */
const WIDE =
  /(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** Against names and addresses that would move the cursor or recolour the terminal. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** One line for each row under a line of headings; of an empty list the headings stay away. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '(none)';
  const lines = [headings, ...rows].map((cells) => cells.map(printable));
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => displayWidth(cells[column] ?? ''))));
  return lines.map((cells) => aligned(cells, widths)).join('\n');
}

/** One line for each name and value; absent values are left out. */
export function card(entries: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(entries).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, printable(value)]],
  );
  const width = Math.max(...lines.map(([name = '']) => displayWidth(name)));
  return lines.map((cells) => aligned(cells, [width])).join('\n');
}

export const printable = (text: string): string => text.replace(CONTROL, '?');

/** Columns of a terminal that the text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!WITHOUT_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const aligned = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell))))
    .join('  ')
    .trimEnd();
