// `id_token_hint` after a rotation: an ID token outlives its key as a hint (OpenID Connect Core §3.1.2.1 lets it be expired), so
// what retired keys have signed is still ours. oidc-provider knows the published keys alone.
import { decodeJwt, jwtVerify, type JWTVerifyGetKey } from 'jose';
import Provider from 'oidc-provider';

interface HintedClient {
  clientId: string;
  idTokenSignedResponseAlg?: string;
}

/** Replaces the provider's judgement of hints. */
export function recogniseOldHints(provider: Provider, hints: JWTVerifyGetKey): void {
  const IdToken = provider.IdToken as unknown as { validate(jwt: string, client: HintedClient): Promise<unknown> };

  IdToken.validate = async (jwt, { clientId, idTokenSignedResponseAlg = '' }) => {
    const options = {
      issuer: provider.issuer,
      audience: clientId,
      algorithms: [idTokenSignedResponseAlg],
      requiredClaims: ['sub'],
      // Expired or not.
      currentDate: new Date(0),
    };
    try {
      const hint = await jwtVerify(jwt, hints, options);
      // ID tokens have no type; what else we sign for the client, such as logout tokens, goes by one (RFC 8725 §3.11).
      if (hint.protectedHeader.typ !== undefined) throw new TypeError('it is no ID token');
      return hint;
    } catch (error) {
      // Signing out takes nothing from a hint but the client, which `client_id` names without any proof, and asks the person.
      if (Provider.ctx?.oidc.route !== 'end_session' || decodeJwt(jwt).iss !== provider.issuer) throw error;
      return undefined;
    }
  };
}
