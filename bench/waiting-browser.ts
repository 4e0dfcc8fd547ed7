// The browser's side of waiting, as cheap as can be: plain sockets that read streams of events, and polls.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Waiting {
  url: string;
  clientId: string;
  deviceCode: string;
}

/** How many connect at once: more than the backlog of a socket would be refused. */
const AT_ONCE = 200;

/** Addresses of this machine, each with its own ports: one has too few for 50,000 connections. */
const SOURCES = 8;

/** Opens all streams; resolves when each has told its first state. */
export async function holdStreams(addresses: readonly string[]): Promise<() => void> {
  const sockets: Socket[] = [];
  for (let from = 0; from < addresses.length; from += AT_ONCE) {
    const opened = addresses.slice(from, from + AT_ONCE).map(async (address, index) => {
      const socket = openStream(address, `127.0.1.${1 + ((from + index) % SOURCES)}`);
      sockets.push(socket);
      await heard(socket, 'pending');
      socket.resume();
    });
    await Promise.all(opened);
  }
  return () => sockets.forEach((socket) => socket.destroy());
}

/** Listens, and asks for tokens at once when an approval is hinted; resolves to the moment at which it has them. */
export function tokensAfterHint(waiting: Waiting, events: string) {
  const socket = openStream(events);
  const listening = heard(socket, 'pending');
  const tokens = listening.then(async () => {
    await heard(socket, 'approved');
    const answer = await poll(waiting);
    if (!answer) throw new Error('approved, and no tokens');
    socket.destroy();
    return performance.now();
  });
  return { listening, tokens };
}

/** Asks again and again; resolves to the moment at which it has tokens. */
export async function pollAtInterval(waiting: Waiting, intervalMs: number): Promise<number> {
  while (!(await poll(waiting))) await sleep(intervalMs);
  return performance.now();
}

function openStream(address: string, localAddress?: string): Socket {
  const { port, pathname, host } = new URL(address);
  const socket = connect({
    port: Number(port),
    host: '127.0.0.1',
    ...(localAddress !== undefined && { localAddress }),
  });
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`);
  return socket;
}

/** Reads until the state was told. */
async function heard(socket: Socket, state: string): Promise<void> {
  let text = '';
  while (!text.includes(`"state":"${state}"`)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString();
    if (/^HTTP\/1\.1 [45]/.test(text)) throw new Error(text.slice(0, 200));
  }
}

async function poll({ url, clientId, deviceCode }: Waiting): Promise<boolean> {
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: clientId,
      device_code: deviceCode,
    }),
  });
  const body = (await answer.json()) as { id_token?: string };
  return body.id_token !== undefined;
}
