// Pages that wait with a stream of events (contract §3): what each costs in memory and CPU, and how soon an approval brings
// tokens to a browser while they wait, with events and with polling alone. `npm run bench:waiting`; PAGES=50000 is the aim.
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, quantile, startServer } from './measure.ts';
import { holdStreams, pollAtInterval, tokensAfterHint, type Waiting } from './waiting-browser.ts';

const pages = Number(process.env['PAGES'] ?? 10_000);
const approvals = Number(process.env['APPROVALS'] ?? 100);
const seconds = Number(process.env['SECONDS'] ?? 30);
const storage = process.env['REDIS_URL'] ?? 'sqlite:tokenim.db';

const { child, ready } = await startServer(
  new URL('./tokenim-server.js', import.meta.url),
  [storage, String(pages + 2 * approvals)],
  { execArgv: ['--expose-gc'] },
);
const pid = child.pid ?? 0;
const { device, url } = ready;

/** Resident and heap bytes, garbage collected. */
async function memory(): Promise<NodeJS.MemoryUsage> {
  const answer = new Promise<NodeJS.MemoryUsage>((resolve) => {
    child.once('message', (usage) => resolve(usage as NodeJS.MemoryUsage));
  });
  child.send('memory');
  return answer;
}

/** When it was said; the server answers as the phone's approval would have it stored. */
function approve(deviceCode: string): number {
  child.send({ approve: deviceCode });
  return performance.now();
}

const waitingCode = (code: string): Waiting => ({ url, clientId: device.clientId, deviceCode: code });
const before = await memory();
const eventsOf = device.events ?? [];
const close = await holdStreams(eventsOf.slice(0, pages));
await sleep(2000);
const held = await memory();
const busy = cpuSeconds(pid);
await sleep(seconds * 1000);
const share = (cpuSeconds(pid) - busy) / seconds;
const perPage = (key: 'rss' | 'heapUsed') => ((held[key] - before[key]) / pages / 1024).toFixed(1);
console.log(`Node ${process.version}, ${storage.split(':')[0]}`);
console.log(
  `${pages} pages held: ${perPage('rss')} KiB each (of it heap ${perPage('heapUsed')}), ${(share * 100).toFixed(1)} % of a core`,
);

const withEvents: number[] = [];
for (let index = 0; index < approvals; index++) {
  const at = pages + index;
  const [code = '', events = ''] = [device.codes[at], eventsOf[at]];
  const { listening, tokens } = tokensAfterHint(waitingCode(code), events);
  await listening;
  const said = approve(code);
  withEvents.push((await tokens) - said);
}
print('approve → tokens, events', withEvents);

const byPolling = await Promise.all(
  device.codes.slice(pages + approvals, pages + 2 * approvals).map(async (code, index) => {
    // Spread over the interval, as people are.
    await sleep((index / approvals) * 5000);
    const tokens = pollAtInterval(waitingCode(code), 5000);
    await sleep(Math.random() * 5000);
    const said = approve(code);
    return (await tokens) - said;
  }),
);
print('approve → tokens, polling', byPolling);
close();
child.disconnect();

function print(what: string, values: readonly number[]): void {
  const [middle, late] = [quantile(values, 0.5), quantile(values, 0.99)].map((value) => value.toFixed(0));
  console.log(`${what.padEnd(28)} median ${middle} ms  p99 ${late} ms  of ${values.length}, ${pages} others waiting`);
}
