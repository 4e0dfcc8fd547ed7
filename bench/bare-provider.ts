// The rival: oidc-provider alone, with its own memory adapter and static clients, answering the same requests.
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
    {
      client_id: 'device',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
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
const answer = await fetch(`http://localhost:${port}/device/auth`, {
  method: 'POST',
  body: new URLSearchParams({ client_id: 'device', scope: 'openid' }),
});
const { device_code: deviceCode } = (await answer.json()) as { device_code: string };
process.send?.({
  url: `http://localhost:${port}/token`,
  id: 'bench',
  secret: 'bench-secret-of-sufficient-length',
  device: { clientId: 'device', codes: [deviceCode] },
});
process.on('disconnect', () => process.exit(0));
