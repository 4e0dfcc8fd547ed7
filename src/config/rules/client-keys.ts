// How a client proves who it is: by secrets, or by a key of its own (`private_key_jwt`, RFC 7523). Which addresses the server
// may be told to call is in `redirect-uri.ts`.
import { type Jwk, publicJwkProblem } from '../../lib/public-jwk.ts';
import type { Report } from '../problem.ts';
import type { ClientInput, ConfigInput } from '../schema.ts';
import { calledAddressProblem } from './redirect-uri.ts';

type Proofs = Pick<ClientInput, 'secrets' | 'jwks' | 'jwks_uri'>;

/** Otherwise it is public (RFC 6749 §2.1). */
export const isConfidential = ({ secrets, jwks, jwks_uri }: Proofs): boolean =>
  secrets !== undefined || jwks !== undefined || jwks_uri !== undefined;

export function keyRules(client: ClientInput, mode: ConfigInput['mode'], report: Report): void {
  const { secrets, jwks, jwks_uri } = client;
  if (jwks && jwks_uri !== undefined) report(['jwks_uri'], '`jwks` says the keys already; remove one of the two');
  if (secrets && (jwks || jwks_uri !== undefined)) {
    const keys = jwks ? 'jwks' : 'jwks_uri';
    report(['secrets'], `a client with \`${keys}\` proves itself by its key alone: remove \`secrets\`, or \`${keys}\``);
  }
  if (jwks) keySetRules(jwks.keys, (path, message) => report(['jwks', 'keys', ...path], message));
  const problem = jwks_uri === undefined ? undefined : calledAddressProblem(jwks_uri, mode);
  if (problem) report(['jwks_uri'], problem);
}

function keySetRules(keys: readonly Jwk[], report: Report): void {
  const known = new Set<unknown>();
  for (const [index, jwk] of keys.entries()) {
    const problem = publicJwkProblem(jwk);
    if (problem) report(problem.member === undefined ? [index] : [index, problem.member], problem.message);
    const { kid } = jwk;
    if (kid !== undefined && known.has(kid)) report([index, 'kid'], 'another key of this client has this kid');
    known.add(kid);
  }
}
