// When a serving process reads its files again: at SIGHUP, and by itself where `reload.watch` says so. With `--workers` the
// first process passes the signal on.
import type { Reload } from '../compose/reload.ts';
import type { ConfigSource } from '../config/config.ts';
import { type WatchedFiles, watchFiles } from '../config/watch.ts';

export interface ReloadingOptions extends WatchedFiles {
  reload: Reload;
  config: ConfigSource;
  /** `serve --watch`, whatever the files say. */
  watch: boolean;
  /** Calls the listener at each SIGHUP, or word of it; answers how to stop that. */
  onHangup(listener: () => void): () => void;
}

export function followFiles({ reload, config, watch, onHangup, ...watched }: ReloadingOptions): { close(): void } {
  const forget = onHangup(() => void reload.reload('signal'));
  // Always looked at, so that a reload can turn it on.
  const watching = watchFiles(watched, () => {
    if (watch || config.current().reload.watch) void reload.reload('watch');
  });
  return {
    close() {
      forget();
      watching.close();
    },
  };
}
