// Both adapters keep the version of their layout in the store; a program older than the store must not touch it.
import { DomainError } from '../lib/errors.ts';

/** Throws `storage_newer` when the store's layout is newer than the one this program knows. */
export function refuseNewer(found: number, known: number): void {
  if (found <= known) return;
  throw new DomainError('conflict', 'storage_newer', {
    detail: `the store has layout version ${found}; this program knows versions up to ${known}: run a newer program`,
  });
}
