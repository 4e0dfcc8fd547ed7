// `tokenim secret hash`: turns a client's secret, read from standard input, into what the configuration may hold.
import { hashSecret, MIN_SECRET_LENGTH } from '../config/secrets.ts';
import type { Output } from './config.ts';

export interface SecretHashInput extends Output {
  /** The secret in UTF-8; `process.stdin` is one. */
  stdin: AsyncIterable<Uint8Array | string>;
}

/** Prints `sha256:<base64url>`; one newline at the end of the secret is ignored. Exit code 1 without a secret. */
export async function secretHash(io: SecretHashInput, { json }: { json: boolean }): Promise<0 | 1> {
  const secret = (await readAll(io.stdin)).replace(/\r?\n$/, '');
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
  const hash = hashSecret(secret);
  io.stdout.write(json ? `${JSON.stringify({ hash })}\n` : `${hash}\n`);
  return 0;
}

async function readAll(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
