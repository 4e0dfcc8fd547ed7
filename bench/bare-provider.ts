// The rival: oidc-provider alone, with its own memory adapter and one static client, answering the same request.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const RESOURCE = 'https://im.tokenim.example/';
const server = createServer().listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address() as AddressInfo;

const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const { privateKey: rsa } = await generateKeyPair('RS256', { extractable: true });
const provider = new Provider(`http://localhost:${port}`, {
  jwks: {
    keys: [
      { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' },
      { ...(await exportJWK(rsa)), alg: 'RS256', use: 'sig' },
    ] as never,
  },
  clients: [
    {
      client_id: 'bench',
      client_secret: 'bench-secret-of-sufficient-length',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      getResourceServerInfo: () => ({
        scope: 'messages:read messages:send contacts:read',
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
server.on('request', provider.callback());
process.send?.({ url: `http://localhost:${port}/token`, id: 'bench', secret: 'bench-secret-of-sufficient-length' });
process.on('disconnect', () => process.exit(0));
