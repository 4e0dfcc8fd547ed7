// `tokenim secret hash`: turns a client's secret, read from standard input, into what the configuration may hold.
import { MIN_SECRET_LENGTH } from '../config/secrets.ts';
import { secretHash as hashOf } from '../lib/hash.ts';
import { readSecret, type Streams } from './io.ts';

/** Prints `sha256:<base64url>`; one newline at the end of the secret is ignored. Exit code 1 without a secret. */
export async function secretHash(io: Streams, { json }: { json: boolean }): Promise<0 | 1> {
  const secret = await readSecret(io.stdin);
  if (secret === '') {
    io.stderr.write('There is no secret on standard input.\n');
    return 1;
  }
  if (secret.length < MIN_SECRET_LENGTH) {
    io.stderr.write(
      `Warning: the secret has less than ${MIN_SECRET_LENGTH} characters. The hash protects random secrets only; ` +
        '`openssl rand -base64 32` makes one.\n',
    );
  }
  const hash = hashOf(secret);
  io.stdout.write(json ? `${JSON.stringify({ hash })}\n` : `${hash}\n`);
  return 0;
}
