// Which stage a signing key is in: a function of the records and the clock alone, so that every process promotes and retires
// at the same moment without anybody doing something. `keys.ts` keeps the records.

/** `next` is published and does not sign yet; `retiring` signs no more, and what it signed is still alive. */
export type Stage = 'next' | 'signing' | 'retiring' | 'retired';

/** All moments in milliseconds since the epoch. */
export interface KeyTimes {
  alg: string;
  /** Counts up with each rotation of the algorithm. */
  generation: number;
  signsFrom: number;
  /** When the keys before it stop being published. */
  formerUntil: number;
}

export interface Staged {
  stage: Stage;
  /** Absent while nothing is to follow it. */
  signsUntil?: number;
  publishedUntil?: number;
  /** Taken out of use at once: nothing that it signed is believed any more. */
  isLeaked: boolean;
}

/** Where a key stands among `all` of them. */
export function stageOf(key: KeyTimes, all: readonly KeyTimes[], now: number): Staged {
  const after = all.filter(({ alg, generation }) => alg === key.alg && generation > key.generation);
  if (after.length === 0) return { stage: now < key.signsFrom ? 'next' : 'signing', isLeaked: false };
  const signsUntil = Math.min(...after.map(({ signsFrom }) => signsFrom));
  const publishedUntil = Math.min(...after.map(({ formerUntil }) => formerUntil));
  const ends = { signsUntil, publishedUntil, isLeaked: publishedUntil <= signsUntil };
  if (now >= publishedUntil) return { stage: 'retired', ...ends };
  if (now >= signsUntil) return { stage: 'retiring', ...ends };
  return { stage: now < key.signsFrom ? 'next' : 'signing', ...ends };
}

/** When the next of them changes its stage; `Infinity` when none will. */
export const nextChange = (all: readonly KeyTimes[], now: number): number =>
  Math.min(...all.flatMap(({ signsFrom, formerUntil }) => [signsFrom, formerUntil]).filter((at) => at > now));
