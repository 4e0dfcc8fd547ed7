// Requests per CPU-second of a server process: what one core carries, whatever else the machine does meanwhile. Rivals take
// turns, round after round, so that a drift of the machine meets all of them; ratios are medians of the rounds' ratios.
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { availableParallelism } from 'node:os';

export interface Target {
  name: string;
  pid: number;
  url: string;
  headers: Record<string, string>;
  /** Sent in turn. */
  bodies: readonly string[];
  /** What a good answer has. */
  status: number;
}

/** What a server script says when it is ready: where to ask for tokens, as which client. */
export interface Ready {
  url: string;
  id: string;
  secret: string;
  /** Pending device codes of a public client. */
  device: { clientId: string; codes: string[]; events?: string[] };
}

export interface Result {
  name: string;
  /** Requests per CPU-second, a number for each round. */
  rates: number[];
  bad: number;
}

/** Linux counts CPU time in ticks of 10 ms (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** User and system time of all threads of the process, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** All threads of a process to one core (Linux, util-linux): servers share the first, the load has the second. */
function pin(pid: number, core: 0 | 1): void {
  if (availableParallelism() > 1) execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
}

/** Starts a server script, pinned to the first core while this process has the second; it sends one message when it is ready. */
export async function startServer(
  script: URL,
  args: string[],
  { execArgv = [], pinned = true }: { execArgv?: string[]; pinned?: boolean } = {},
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = fork(script, args, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('exit', (code) => reject(new Error(`${script.pathname} ended with ${code}`)));
  });
  if (pinned) {
    pin(process.pid, 1);
    pin(child.pid ?? 0, 0);
  }
  return { child, ready };
}

export async function interleave(
  targets: readonly Target[],
  options: { rounds: number; seconds: number; connections: number },
) {
  const results = targets.map(({ name }): Result => ({ name, rates: [], bad: 0 }));
  for (const target of targets) await drive(target, options.connections, 2);
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, target] of targets.entries()) {
      const before = cpuSeconds(target.pid);
      const { good, bad } = await drive(target, options.connections, options.seconds);
      const result = results[index] as Result;
      result.rates.push(good / (cpuSeconds(target.pid) - before));
      result.bad += bad;
    }
  }
  return results;
}

async function drive(target: Target, connections: number, seconds: number): Promise<{ good: number; bad: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const until = Date.now() + seconds * 1000;
  const counts = { good: 0, bad: 0 };
  let turn = 0;
  const worker = async () => {
    while (Date.now() < until) {
      const body = target.bodies[turn++ % target.bodies.length] ?? '';
      counts[(await send(target, agent, body)) === target.status ? 'good' : 'bad']++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return counts;
}

const send = ({ url, headers }: Target, agent: Agent, body: string): Promise<number> =>
  new Promise((resolve) => {
    const req = request(url, { method: 'POST', agent, headers }, (res) => {
      res.resume();
      res.once('end', () => resolve(res.statusCode ?? 0));
    });
    req.once('error', () => resolve(0));
    req.end(body);
  });

export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};

/** One line for each rival: medians, and ratios to the first. */
export function print(results: readonly Result[]): void {
  const rival = results[0]?.rates ?? [];
  for (const { name, rates, bad } of results) {
    const ratio = median(rates.map((rate, round) => rate / (rival[round] ?? Number.NaN)));
    console.log(`${name.padEnd(28)} ${Math.round(median(rates))}/CPU-s  ratio ${ratio.toFixed(2)}  refused ${bad}`);
  }
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
