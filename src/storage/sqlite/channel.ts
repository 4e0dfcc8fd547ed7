// Publish and subscribe. Inside a process messages go straight to the listeners; to other processes on the file they go
// through the `events` table, which is looked at only when `PRAGMA data_version` says that another connection wrote.
import type { Clock } from '../../lib/clock.ts';
import { randomToken } from '../../lib/random.ts';
import { createListeners } from '../listeners.ts';
import type { Connection } from './connection.ts';

const POLL_MS = 25;
const KEEP_EVENTS_MS = 60_000;

export interface Channel {
  publish(channel: string, message: string): void;
  subscribe(channel: string, listener: (message: string) => void): () => void;
  /** Deletes events that every process has seen by now. */
  sweep(): void;
  close(): void;
}

export interface ChannelOptions {
  clock: Clock;
  /** Whether other processes can open the same database. */
  shared: boolean;
  onError(error: unknown): void;
}

export function createChannel(connection: Connection, { clock, shared, onError }: ChannelOptions): Channel {
  const origin = randomToken(9);
  const listeners = createListeners(onError);
  const insert = connection.prepare('INSERT INTO events (origin, channel, message, at) VALUES (?, ?, ?, ?)');
  const newest = connection.prepare<{ sequence: number | null }>('SELECT max(sequence) sequence FROM events');
  const dataVersion = connection.prepare<{ data_version: number }>('PRAGMA data_version');
  const following = connection.prepare<{ sequence: number; origin: string; channel: string; message: string }>(
    'SELECT sequence, origin, channel, message FROM events WHERE sequence > ? ORDER BY sequence',
  );
  const removeOld = connection.prepare('DELETE FROM events WHERE at < ?');
  let timer: NodeJS.Timeout | undefined;
  let seenVersion = 0;
  let seenSequence = 0;

  function deliverNew(): void {
    const version = dataVersion.get()?.data_version ?? 0;
    if (version === seenVersion) return;
    for (const event of following.all(seenSequence)) {
      seenSequence = event.sequence;
      if (event.origin !== origin) listeners.deliver(event.channel, event.message);
    }
    seenVersion = version;
  }

  function poll(): void {
    try {
      deliverNew();
    } catch (error) {
      onError(error);
    }
  }

  function startPolling(): void {
    seenSequence = newest.get()?.sequence ?? 0;
    timer = setInterval(poll, POLL_MS).unref();
  }

  function stopPolling(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    publish(channel, message) {
      if (shared) insert.run(origin, channel, message, clock.now());
      setImmediate(() => listeners.deliver(channel, message));
    },
    subscribe(channel, listener) {
      listeners.add(channel, listener);
      if (shared && !timer) startPolling();
      return () => {
        listeners.remove(channel, listener);
        if (listeners.isEmpty()) stopPolling();
      };
    },
    sweep: () => void removeOld.run(clock.now() - KEEP_EVENTS_MS),
    close: stopPolling,
  };
}
