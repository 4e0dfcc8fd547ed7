// Texts that people read, in the three languages of the pages.
import { z } from 'zod';
import { isSeen } from '../../lib/shown-text.ts';

const text = z.string().min(1, 'must not be empty');

export const localizedText = (description: string) =>
  z
    .strictObject({
      en: text.describe('English; stands in for a missing language.'),
      'zh-CN': text.exactOptional().describe('Simplified Chinese.'),
      'zh-TW': text.exactOptional().describe('Traditional Chinese.'),
    })
    .describe(description);

export const name = (description: string) =>
  text
    .max(100, 'must have at most 100 characters')
    .refine((value) => value.trim() !== '', { error: 'must not be blank', abort: true })
    .refine(isSeen, 'must not have control characters, characters without shape or heaps of accents')
    .describe(description);
