// Texts that people read, in the three languages of the pages.
import { z } from 'zod';

const text = z.string().min(1, 'must not be empty');

export const localizedText = (description: string) =>
  z
    .strictObject({
      en: text.describe('English; stands in for a missing language.'),
      'zh-CN': text.exactOptional().describe('Simplified Chinese.'),
      'zh-TW': text.exactOptional().describe('Traditional Chinese.'),
    })
    .describe(description);

/** Control characters, and what rearranges or hides the text around it: one name must not look like another. Joiners belong to scripts. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

export const name = (description: string) =>
  text
    .max(100, 'must have at most 100 characters')
    .refine((value) => !UNSEEN.test(value), 'must not have control characters or characters without shape')
    .refine((value) => value.trim() !== '', 'must not be blank')
    .describe(description);
