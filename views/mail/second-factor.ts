// To the owner of an account: a way to prove themselves was added, taken away or used up.
import type { Translate } from '../../src/web/i18n.ts';
import type { Letter } from './letter.tsx';

export const FACTOR_NEWS = [
  'passkey_added',
  'passkey_removed',
  'totp_added',
  'totp_removed',
  'codes_made',
  'code_used',
  'factors_reset',
] as const;

export interface SecondFactorNews {
  what: (typeof FACTOR_NEWS)[number];
  /** As ISO 8601. */
  at: string;
  address?: string | undefined;
  securityHref: string;
}

export function secondFactorLetter(t: Translate, { what, at, address, securityHref }: SecondFactorNews): Letter {
  return {
    subject: t(`mail.factor.${what}.subject`),
    paragraphs: [t(`mail.factor.${what}.text`)],
    facts: [
      { label: t('mail.factor.at'), value: at },
      ...(address === undefined ? [] : [{ label: t('mail.factor.address'), value: address }]),
    ],
    action: { label: t('mail.factor.action'), href: securityHref },
    closing: t('mail.factor.closing'),
  };
}
