// What the server calls for clients: public addresses alone, judged where the connection goes, and nothing that it is sent on to.
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { createPublicAddresses, parseNetworks } from '../../src/lib/networks.ts';
import { createOutgoing } from '../../src/oidc/outgoing.ts';

const closed = createOutgoing({ isOpen: () => false, privateNetworks: () => parseNetworks([]) });
const open = createOutgoing({ isOpen: () => true, privateNetworks: () => parseNetworks([]) });

async function site(t: ExecutionContext, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const PRIVATE = [
  '127.0.0.1 0.0.0.0 10.1.2.3 100.64.0.1 169.254.169.254 172.16.0.1 192.168.1.1 198.18.0.1 224.0.0.1 255.255.255.255',
  '::1 :: fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:10.0.0.1 ::ffff:7f00:1 64:ff9b::a00:1 2002:a00:1::1 2001:db8::1',
]
  .join(' ')
  .split(' ');
for (const address of PRIVATE) {
  test(`${address} is not called`, async (t) => {
    t.false(createPublicAddresses().has(address));
    const host = address.includes(':') ? `[${address}]` : address;
    await t.throwsAsync(closed(`https://${host}/`), { code: 'ADDRESS_REFUSED' });
  });
}

test('public addresses are', (t) => {
  const addresses = createPublicAddresses();
  for (const address of ['8.8.8.8', '2606:4700::1111', '172.32.0.1']) t.true(addresses.has(address), address);
});

for (const host of ['localhost', '2130706433', '0x7f.1', '127.1']) {
  test(`${host} is judged by the address that it stands for`, async (t) => {
    let called = false;
    const port = await site(t, (_req, res) => void ((called = true), res.end()));
    await t.throwsAsync(closed(`http://${host}:${port}/`), { code: 'ADDRESS_REFUSED' });
    t.false(called);
  });
}

test('a private network that the configuration names is called, and no other', async (t) => {
  const port = await site(t, (_req, res) => res.end('here'));
  const some = createOutgoing({ isOpen: () => false, privateNetworks: () => parseNetworks(['127.0.0.0/8']) });
  t.is(await (await some(`http://127.0.0.1:${port}/`)).text(), 'here');
  await t.throwsAsync(some('http://10.0.0.1/'), { code: 'ADDRESS_REFUSED' });
});

test('a redirect is an answer, and not followed', async (t) => {
  let asked = 0;
  const port = await site(t, (_req, res) => void (asked++, res.writeHead(302, { Location: '/secret' }).end()));
  t.is((await open(`http://127.0.0.1:${port}/`)).status, 302);
  t.is(asked, 1);
});

test('a form is sent with its type and length', async (t) => {
  const seen: string[] = [];
  const port = await site(t, (req, res) => {
    const { 'content-type': type, 'content-length': length } = req.headers;
    req.on('data', (chunk: Buffer) => void seen.push(`${req.method} ${type} ${length} ${chunk.toString()}`));
    req.on('end', () => res.writeHead(204).end());
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = { method: 'POST', headers, body: new URLSearchParams({ a: 'b' }) };
  t.is((await open(`http://127.0.0.1:${port}/`, form)).status, 204);
  t.deepEqual(seen, ['POST application/x-www-form-urlencoded 3 a=b']);
});

test('an endless answer is cut off', async (t) => {
  const port = await site(t, (_req, res) => {
    const timer = setInterval(() => res.write('x'.repeat(8192)), 1);
    res.once('close', () => clearInterval(timer));
  });
  await t.throwsAsync(open(`http://127.0.0.1:${port}/`), { message: 'the answer is too large' });
});

test('one that never comes is given up', async (t) => {
  const port = await site(t, () => undefined);
  await t.throwsAsync(open(`http://127.0.0.1:${port}/`), { name: 'AbortError' });
});

/** What other servers never send, each on a connection that they then leave open. */
const STRANGE: Readonly<Record<string, string>> = {
  'an answer that switches protocols': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
  'an answer that switches to nothing': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'early hints without an answer': 'HTTP/1.1 103 Early Hints\r\n\r\n',
  'half of a body': 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"keys":',
};
for (const [what, answer] of Object.entries(STRANGE)) {
  test(`${what} is given up`, async (t) => {
    t.timeout(9000);
    const server = createTcpServer((socket) => {
      t.teardown(() => void socket.destroy());
      socket.on('error', () => undefined).once('data', () => socket.write(answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => void server.close());
    await t.throwsAsync(open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}
