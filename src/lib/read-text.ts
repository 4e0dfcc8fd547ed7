// Reads a file that an administrator named: text in UTF-8 of bounded length, whatever stands there instead.
import { createReadStream } from 'node:fs';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'it is a link that leads to itself',
  EMFILE: 'too many files are open',
};

export class Unreadable extends Error {}

/** Without a byte order mark. Throws `Unreadable`, whose message says why: `cannot be read (ENOENT): there is no such file`. */
export async function readText(path: string, maxBytes: number): Promise<string> {
  const bytes = await readBytes(path, maxBytes + 1);
  if (bytes.length > maxBytes) throw new Unreadable(`is larger than ${maxBytes / 1024} KiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable('is no text in UTF-8; save it with that encoding');
  }
}

/** Also of what has no size, such as a pipe. */
async function readBytes(path: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: most - 1 })) chunks.push(chunk as Buffer);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new Unreadable(`cannot be read (${code})${REASONS[code] === undefined ? '' : `: ${REASONS[code]}`}`);
  }
  return Buffer.concat(chunks);
}
