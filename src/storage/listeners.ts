// Who listens to which channel in this process; both adapters deliver through it.

export interface Listeners {
  add(channel: string, listener: (message: string) => void): void;
  /** Answers true when that was the channel's last listener. */
  remove(channel: string, listener: (message: string) => void): boolean;
  deliver(channel: string, message: string): void;
  isEmpty(): boolean;
}

export function createListeners(onError: (error: unknown) => void): Listeners {
  const channels = new Map<string, Set<(message: string) => void>>();

  return {
    add(channel, listener) {
      const present = channels.get(channel);
      if (present) present.add(listener);
      else channels.set(channel, new Set([listener]));
    },
    remove(channel, listener) {
      const present = channels.get(channel);
      if (!present?.delete(listener) || present.size > 0) return false;
      return channels.delete(channel);
    },
    deliver(channel, message) {
      for (const listener of channels.get(channel) ?? []) {
        try {
          listener(message);
        } catch (error) {
          onError(error);
        }
      }
    },
    isEmpty: () => channels.size === 0,
  };
}
