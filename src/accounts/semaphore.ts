// Bounds how many costly tasks run at once and how many wait; `password.ts` keeps argon2 within it.

export interface Semaphore {
  /** Runs the task when a permit is free, in order of arrival. Throws what `whenFull` makes when the queue is full. */
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createSemaphore(limits: { permits: number; waiting: number; whenFull: () => Error }): Semaphore {
  const queue: (() => void)[] = [];
  let free = limits.permits;

  async function acquire(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (queue.length >= limits.waiting) throw limits.whenFull();
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  // A waiting task inherits the permit, so that a newcomer cannot overtake it.
  function release(): void {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async run(task) {
      await acquire();
      try {
        return await task();
      } finally {
        release();
      }
    },
  };
}
