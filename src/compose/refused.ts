// Why a process keeps its configuration, in sentences without secrets. `reload.ts` decides it.
import type { Config } from '../config/config.ts';

export interface Refusal {
  /** Milliseconds since the epoch. */
  at: number;
  code:
    | 'config_invalid'
    | 'restart_needed'
    | 'confirmation_needed'
    | 'files_differ'
    | 'files_changed'
    | 'files_gone'
    | 'reload_failed';
  /** Sentences without secrets. */
  message: string;
}

export class Refused extends Error {
  readonly code: Refusal['code'];

  constructor(code: Refusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export const restartText = (fixed: readonly string[]): string =>
  `${fixed.join(', ')} cannot change without a restart of the server`;

export const filesDiffer = (): Refused =>
  new Refused('files_differ', 'the files of this process are not those that were applied; it keeps its own');

/** A mount that went away looks like a file that was deleted, and what it held may protect: somebody has to mean it. */
export function refuseGone(running: Config, next: Config): void {
  const gone = running.files.filter((file) => !next.files.includes(file));
  if (gone.length === 0) return;
  throw new Refused(
    'files_gone',
    `${gone.join(', ')} is gone; watching does not take that: run \`tokenim config apply\` if it is meant`,
  );
}
