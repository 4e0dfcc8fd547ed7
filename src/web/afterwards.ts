// Work that a request causes but its answer must not show, by neither wording nor time: it begins when the answer has gone.
import type { Context } from 'koa';
import { onceOver } from './answer-over.ts';

export interface Afterwards {
  run(ctx: Context, work: () => Promise<unknown>): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export function createAfterwards(onError: (error: unknown) => void): Afterwards {
  const running = new Set<Promise<void>>();

  async function attempt(work: () => Promise<unknown>, answered: Promise<void>): Promise<void> {
    await answered;
    try {
      await work();
    } catch (error) {
      onError(error);
    }
  }

  async function forget(done: Promise<void>): Promise<void> {
    await done;
    running.delete(done);
  }

  return {
    run(ctx, work) {
      const done = attempt(work, new Promise((resolve) => onceOver(ctx.res, resolve)));
      running.add(done);
      void forget(done);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
