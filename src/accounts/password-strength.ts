// How easily a password is guessed, by zxcvbn with lists of leaked passwords, names and words, and with what Chinese speakers
// choose (`chinese-passwords.ts`). No rules of composition (NIST SP 800-63B §3.1.1.2). The lists are loaded at first use.
import type { Match, ZxcvbnFactory } from '@zxcvbn-ts/core';

/** Why a password is refused, in words that the pages have. */
export type Weakness = 'personal' | 'common' | 'pattern' | 'guessable';

/** Of the scale of zxcvbn: out of reach of guessing online and slow to guess offline. Eight random characters suffice. */
const MIN_GUESSES = 0.99e8;
/** The beginning is never stronger than the whole, and keeps the cost below some 40 ms whatever is sent. */
const LOOKED_AT = 32;
const L33T_VARIANTS = 16;
const MAX_ABOUT = 24;
const PRODUCT = ['tokenim', 'tokenim auth', 'token'];

/** `about`: what strangers know of the person, such as address and names. `undefined` when the password will do. */
export type WeaknessOf = (password: string, about: readonly string[]) => Promise<Weakness | undefined>;

export function createWeaknessOf(): WeaknessOf {
  let loading: Promise<ZxcvbnFactory> | undefined;
  return async (password, about) => {
    const zxcvbn = await (loading ??= load());
    const { guesses, sequence } = zxcvbn.check(password, [...PRODUCT, ...parts(about)]);
    return guesses >= MIN_GUESSES ? undefined : reasonOf(sequence);
  };
}

async function load(): Promise<ZxcvbnFactory> {
  const [core, common, english, { CHINESE_PASSWORDS }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
    import('./chinese-passwords.ts'),
  ]);
  return new core.ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary, 'passwords-zh': [...CHINESE_PASSWORDS] },
    graphs: common.adjacencyGraphs,
    maxLength: LOOKED_AT,
    l33tMaxSubstitutions: L33T_VARIANTS,
  });
}

/** The texts and the words in them. */
function parts(about: readonly string[]): string[] {
  const words = about.flatMap((text) => [text, ...text.split(/[@.\s]+/u), ...text.split(/[^\p{L}\p{M}\p{N}]+/u)]);
  return [...new Set(words.map((word) => word.slice(0, LOOKED_AT)))]
    .filter(({ length }) => length >= 2)
    .slice(0, MAX_ABOUT);
}

/** What the longest recognised part is. */
function reasonOf(sequence: readonly Match[]): Weakness {
  const [longest] = sequence
    .filter(({ pattern }) => pattern !== 'bruteforce' && pattern !== 'separator')
    .toSorted((a, b) => b.token.length - a.token.length);
  if (longest === undefined) return 'guessable';
  if (longest.pattern !== 'dictionary') return 'pattern';
  if (longest['dictionaryName'] === 'userInputs') return 'personal';
  return String(longest['dictionaryName']).startsWith('passwords') ? 'common' : 'guessable';
}
