// Where a command reads and writes. People get text; with `--json` standard output is JSON alone, and notices go to
// standard error in either case.

/** Where a command writes; `process` is one. */
export interface Output {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

export interface Streams extends Output {
  /** UTF-8; `process.stdin` is one. */
  stdin: AsyncIterable<Uint8Array | string>;
}

/** Writes `value` as one line of JSON, or what `text` makes for people. */
export function answer(io: Output, json: boolean | undefined, value: unknown, text: () => string): void {
  io.stdout.write(`${json ? JSON.stringify(value) : text()}\n`);
}

/** A remark beside the answer. */
export function notice(io: Output, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** Everything on standard input without the newline at its end. */
export async function readSecret(stdin: Streams['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
