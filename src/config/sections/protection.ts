// What slows an attacker: the number check of QR sign-in, attempt limits, the cost of a password hash, kept records.
import { z } from 'zod';
import { duration } from './duration.ts';

const limit = (fallback: number, description: string) => z.int().min(1).prefault(fallback).describe(description);

export const qrSection = z
  .strictObject({
    check: z
      .enum(['always', 'risk', 'never'])
      .prefault('risk')
      .describe(
        'When the person must also carry digits between screen and phone; risk: when the circumstances are unusual.',
      ),
  })
  .prefault({})
  .describe('Sign-in by QR code.');

export const limitsSection = z
  .strictObject({
    sign_in: z
      .strictObject({
        per_account: limit(10, 'For one account, and in each browser that its owner used before.'),
        per_address: limit(50, 'From one address; an office shares one.'),
        total: limit(
          20_000,
          'On the whole server; far beyond what it can hash, so that an attack locks nobody else out.',
        ),
      })
      .prefault({})
      .describe(
        'Sign-in attempts in 15 minutes; of failures twice as many in an hour, 4 times in 6 hours, 8 times in a day.',
      ),
    account_mail: z
      .strictObject({
        per_recipient: limit(5, 'Letters to one address; more are not sent, and nobody is told.'),
        per_address: limit(30, 'Asked for from one address; an office shares one.'),
        total: limit(5000, 'On the whole server.'),
      })
      .prefault({})
      .describe(
        'Registrations, activation links, password resets and invitations to service accounts in one hour, each.',
      ),
    notices: z
      .strictObject({
        per_subject: limit(
          10,
          'About what one person does at one service account, or of one sort about keys of one owner.',
        ),
        per_author: limit(100, 'About all that one person does at service accounts.'),
      })
      .prefault({})
      .describe('Letters of news in one hour; one more says that there is more, and for an hour no others follow.'),
    second_factor: z
      .strictObject({
        per_account: limit(10, 'For one account; only who knows its password comes here.'),
        per_address: limit(100, 'From one address; an office shares one.'),
      })
      .prefault({})
      .describe('Second factors tried in 15 minutes.'),
    authorization: z
      .strictObject({
        per_address: limit(600, 'From one address; an office shares one.'),
        total: limit(30_000, 'On the whole server.'),
      })
      .prefault({})
      .describe('Authorization requests, pushed or not, in one minute.'),
    user_code: z
      .strictObject({
        per_account: limit(20, 'By one account.'),
        per_address: limit(100, 'From one address; an office shares one.'),
        total: limit(1000, 'On the whole server; keeps guessing hopeless (RFC 8628 §5.1).'),
      })
      .prefault({})
      .describe('User codes tried in 15 minutes.'),
    scan: z
      .strictObject({
        per_account: limit(60, 'By one account.'),
        per_address: limit(600, 'From one address; an office or a mobile network shares one.'),
      })
      .prefault({})
      .describe('QR codes scanned by phone applications in 15 minutes.'),
    device_authorization: z
      .strictObject({
        per_address: limit(60, 'From one address.'),
        per_client: limit(600, 'By one client.'),
        total: limit(5000, 'On the whole server.'),
      })
      .prefault({})
      .describe('Device authorizations in one minute.'),
    leaked_key: z
      .strictObject({
        per_address: limit(120, 'From one address; a secret scanner sends what it finds at once.'),
        total: limit(3000, 'On the whole server.'),
      })
      .prefault({})
      .describe('Reports of leaked API keys in one minute.'),
    client_registration: z
      .strictObject({
        per_address: limit(20, 'From one address.'),
        total: limit(200, 'On the whole server; also what clients of one address may ask about themselves.'),
      })
      .prefault({})
      .describe('Registrations of clients in one hour, refused ones too.'),
    event_streams: z
      .strictObject({
        per_address: limit(1000, 'From one address; an office shares one.'),
        total: limit(60_000, 'In one server process.'),
      })
      .prefault({})
      .describe('Streams of QR sign-in states held at once; who gets none polls.'),
  })
  .prefault({})
  .describe('Attempts that are allowed before answers are refused for a while.');

export const passwordSection = z
  .strictObject({
    memory_kib: z.int().min(8192).max(1_048_576).prefault(19_456).describe('Memory in KiB.'),
    iterations: z.int().min(1).max(20).prefault(2).describe('Passes over the memory.'),
    parallelism: z.int().min(1).max(16).prefault(1).describe('Lanes.'),
  })
  .prefault({})
  .describe('Cost of argon2id (RFC 9106). The defaults are those of the OWASP password storage guide.');

export const auditSection = z
  .strictObject({ keep: duration('How long records are kept.').prefault('400d') })
  .prefault({})
  .describe('Authorization records.');

export const signInsSection = z
  .strictObject({
    keep: duration('How long a sign-in is shown to its person; a browser not used for longer counts as new.').prefault(
      '180d',
    ),
  })
  .prefault({})
  .describe('What people see of their sign-ins.');

export const reloadSection = z
  .strictObject({
    watch: z
      .boolean()
      .prefault(false)
      .describe('Take changed files by itself. Otherwise by the signal SIGHUP and by `tokenim config apply`.'),
    confirm_above: z
      .int()
      .min(0)
      .prefault(100)
      .describe('A change that takes scopes from more people is taken only by `tokenim config apply --yes`.'),
  })
  .prefault({})
  .describe('How a running server takes changed files.');
