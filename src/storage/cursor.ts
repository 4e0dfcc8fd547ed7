// Opaque cursors of document lists: the sort key of the last item seen. Log entries are their own cursors: `log-order.ts`.
import { DomainError } from '../lib/errors.ts';

export const cursorInvalid = (): DomainError =>
  new DomainError('invalid', 'cursor_invalid', { detail: 'the cursor does not come from this list' });

export const encodeCursor = (...parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** Throws `cursor_invalid` unless the text holds exactly `length` parts. */
export function decodeCursor(text: string, length: number): string[] {
  const parts = parseJson(Buffer.from(text, 'base64url').toString());
  const valid = Array.isArray(parts) && parts.length === length && parts.every((part) => typeof part === 'string');
  if (!valid) throw cursorInvalid();
  return parts;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
