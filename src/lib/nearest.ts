// "Did you mean": the known word nearest to one that is not known.

/** Edits (insert, delete, replace, swap of neighbours) from `a` to `b`: the optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replaced = cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, cell(i - 2, j - 2) + 1);
      row.push(best);
    }
  }
  return cell(a.length, b.length);
}

/** `; did you mean …?` when a candidate is at most two edits away and keeps half of the word, else nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const limit = Math.min(2, Math.floor(word.length / 2));
  let nearest: { distance: number; candidate: string } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance <= limit && distance < (nearest?.distance ?? Infinity)) nearest = { distance, candidate };
  }
  return nearest ? `; did you mean \`${nearest.candidate}\`?` : '';
}
