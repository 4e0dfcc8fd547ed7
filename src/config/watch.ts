// Notices that the files of the configuration changed. It looks instead of listening: mounted secrets and network folders
// replace files in ways of which the system tells nobody.
import { stat } from 'node:fs/promises';
import { filesOf } from './files.ts';

const LOOK_MS = 500;

export interface WatchedFiles {
  /** The file or folder of the configuration, absolute. */
  path: string;
  /** The files of secrets, absolute; grows as loads name others. */
  secretFiles: ReadonlySet<string>;
}

/** Calls `changed` once the files have been the same for one look after a change. */
export function watchFiles(watched: WatchedFiles, changed: () => void): { close(): void } {
  let settled: string | undefined;
  let former: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    const now = await stampOf(watched);
    if (settled === undefined) settled = now;
    // A file half written is judged when it is whole.
    else if (now !== settled && now === former) {
      settled = now;
      changed();
    }
    former = now;
    if (!isClosed) timer = setTimeout(() => void look(), LOOK_MS).unref();
  };
  void look();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

async function stampOf({ path, secretFiles }: WatchedFiles): Promise<string> {
  const files = [...(await filesOf(path)), ...secretFiles];
  const stamps = files.map(async (file) => {
    const found = await stat(file).catch(() => undefined);
    return found ? `${file} ${found.ino} ${found.size} ${found.mtimeMs}` : `${file} -`;
  });
  return (await Promise.all(stamps)).join('\n');
}
