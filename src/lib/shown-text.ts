// Text that people read and judge by: without what cannot be seen, what reorders its neighbours, and what piles up on them. Joiners
// stand between letters of the scripts that need them, and nowhere else (UTS #39 §3.1.1).

const JOINING = String.raw`[\p{scx=Arab}\p{scx=Syrc}\p{scx=Deva}\p{scx=Beng}\p{scx=Gujr}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}]`;
const JOINERS = new RegExp(`(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`, 'gu');

/** U+2800 is a symbol without a mark. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** No script piles up more; a mark without a letter would change what stands before the name. */
const PILED = /^\p{M}|\p{M}{7}/u;

/** Whether all of it can be seen, as what it is. */
export const isSeen = (text: string): boolean => {
  const bare = text.normalize('NFC').replace(JOINERS, '');
  return bare.trim() !== '' && !UNSEEN.test(bare) && !PILED.test(bare);
};
