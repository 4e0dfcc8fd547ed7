// Publish and subscribe. On a cluster by sharded channels, which stay on one node; elsewhere through a connection of its own.
import { Redis } from 'ioredis';
import { createListeners } from '../listeners.ts';
import { createSubscriber, type Client } from './client.ts';
import { channelKey } from './keys.ts';

export interface Channel {
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  /** The listener hears nothing from now on, whether or not the server can be told. */
  unsubscribe(channel: string, listener: (message: string) => void): void;
  close(): void;
}

/** How a topology carries messages; names are full channel names. */
interface Transport {
  publish(name: string, message: string): Promise<unknown>;
  subscribe(name: string): Promise<unknown>;
  unsubscribe(name: string): Promise<unknown>;
  close(): void;
}

type Deliver = (name: string, message: string) => void;

export function createChannel(client: Client, onError: (error: unknown) => void): Channel {
  const listeners = createListeners(onError);
  const transport =
    client instanceof Redis
      ? singleTransport(client, listeners.deliver, onError)
      : shardedTransport(client, listeners.deliver);

  return {
    async publish(channel, message) {
      await transport.publish(channelKey(channel), message);
    },
    async subscribe(channel, listener) {
      const name = channelKey(channel);
      listeners.add(name, listener);
      await transport.subscribe(name);
    },
    unsubscribe(channel, listener) {
      const name = channelKey(channel);
      if (listeners.remove(name, listener)) transport.unsubscribe(name).catch(() => {});
    },
    close: () => transport.close(),
  };
}

/** The subscriber connects with the first subscription. */
function singleTransport(client: Redis, deliver: Deliver, onError: (error: unknown) => void): Transport {
  let subscriber: Redis | undefined;
  const connected = (): Redis => (subscriber ??= createSubscriber(client, onError).on('message', deliver));
  return {
    publish: (name, message) => client.publish(name, message),
    subscribe: (name) => connected().subscribe(name),
    unsubscribe: (name) => connected().unsubscribe(name),
    close: () => subscriber?.disconnect(),
  };
}

function shardedTransport(client: Client, deliver: Deliver): Transport {
  client.on('smessage', deliver);
  return {
    publish: (name, message) => client.spublish(name, message),
    subscribe: (name) => client.ssubscribe(name),
    unsubscribe: (name) => client.sunsubscribe(name),
    close: () => client.off('smessage', deliver),
  };
}
