// The process: its streams, signals and exit code. What it does is in `cli/run.ts`; `bin/tokenim.js` starts it.
import { closeSync, openSync } from 'node:fs';
import { run } from './cli/run.ts';

// A reader such as `head` may leave before the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  io: process,
  env: process.env,
  cwd: process.cwd(),
  interruption: createInterruption(),
  onHangup,
});

/** SIGHUP means "read your files again", unless it says that the terminal is gone: then it ends the process as ever. */
function onHangup(listener: () => void): () => void {
  const hasTerminal = isTerminalThere();
  const heard = (): void => {
    if (hasTerminal && !isTerminalThere()) process.kill(process.pid, 'SIGTERM');
    else listener();
  };
  process.on('SIGHUP', heard);
  return () => void process.off('SIGHUP', heard);
}

function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

function createInterruption(): () => AbortSignal {
  let controller: AbortController | undefined;
  const interrupt = (): void => {
    // SIGINT by convention: 128 + 2.
    if (controller?.signal.aborted) process.exit(130);
    controller?.abort();
  };
  return () => {
    if (!controller) {
      controller = new AbortController();
      process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    }
    return controller.signal;
  };
}
