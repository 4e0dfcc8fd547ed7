// Running processes, and those who ask them before they apply a configuration and hear how it was taken. Each answer names who
// asked: two who ask at once do not count each other's.
import { setTimeout as sleep } from 'node:timers/promises';
import { randomToken } from '../lib/random.ts';
import type { Store } from '../storage/port.ts';

/** Each message is a digest and who says it. Those who hear `APPLIED` read their own files again. */
const ASKED = 'config.asked';
const APPLIED = 'config.applied';
const ANSWERED = 'config.answered';

/** Running processes answer well within a second; one that is busy may need longer. */
const ANSWER_MS = 1500;
const LOOK_MS = 20;

export interface Answer {
  /** Who asked or told. */
  to: string;
  process: string;
  /** `ready`: it could take the files of this digest. */
  outcome: 'ready' | 'taken' | 'refused';
  message?: string;
  /** What of its files only a restart takes. */
  restarts?: readonly string[];
}

export type Reply = Omit<Answer, 'to' | 'process'>;

/** Somebody on the store, by a name that nobody else has. */
export interface Speaker {
  store: Store;
  process: string;
}

/** The others then read their own files again. */
export const announce = ({ store, process }: Speaker, digest: string): Promise<void> =>
  store.publish(APPLIED, `${digest} ${process}`);

/** A command that asks; it needs no answers meant for another one. */
export const asker = (store: Store): Speaker => ({ store, process: `command-line-${randomToken(6)}` });

/** Which running processes could take the files of this digest. Nothing changes by it. */
export const askProcesses = (by: Speaker, digest: string): Promise<Answer[]> =>
  answersTo(by, () => by.store.publish(ASKED, `${digest} ${by.process}`));

/** What each running process answers to `work`, which announces; waits for no more than `expected` of them. */
export async function answersTo(
  { store, process }: Speaker,
  work: () => Promise<void>,
  expected = Infinity,
): Promise<Answer[]> {
  const answers = new Map<string, Answer>();
  const unsubscribe = await store.subscribe(ANSWERED, (message) => {
    const heard = JSON.parse(message) as Answer;
    if (heard.to === process) answers.set(heard.process, heard);
  });
  try {
    await work();
    for (let waited = 0; waited < ANSWER_MS && answers.size < expected; waited += LOOK_MS) await sleep(LOOK_MS);
  } finally {
    await unsubscribe();
  }
  return [...answers.values()];
}

export interface Responder {
  /** Whether this process could take the files of the digest. */
  judge(digest: string): Promise<Reply>;
  follow(digest: string): Promise<Reply>;
  onError(error: unknown): void;
}

/** Answers others until the function that it returns is called. */
export async function answerOthers(
  { store, process }: Speaker,
  { judge, follow, onError }: Responder,
): Promise<() => Promise<void>> {
  const answering = (reply: (digest: string) => Promise<Reply>) => (message: string) => {
    const [digest = '', to = ''] = message.split(' ');
    if (to === process) return;
    const answer = async () => store.publish(ANSWERED, JSON.stringify({ to, process, ...(await reply(digest)) }));
    void answer().catch(onError);
  };
  const subscriptions = [
    await store.subscribe(ASKED, answering(judge)),
    await store.subscribe(APPLIED, answering(follow)),
  ];
  return async () => {
    for (const unsubscribe of subscriptions) await unsubscribe();
  };
}
