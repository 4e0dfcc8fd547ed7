// Mixed load on one server process, and a ledger of everything that it acknowledged: what must still be there after it was
// killed. A request without an answer acknowledges nothing.
import type { TestPerson } from '../helpers/auth-server.ts';
import { DEVICE_GRANT, type DeviceAnswer } from '../helpers/device.ts';
import { basic, post, type Reply, type Target } from '../helpers/http.ts';
import { createPhone, type Phone } from '../helpers/phone.ts';

export interface Key {
  client_id: string;
  client_secret: string;
}

export interface Ledger {
  tokens: number;
  /** The latest refresh token of each device; none while a rotation is under way. */
  refreshTokens: Set<string>;
  /** Issued and neither approved nor redeemed. */
  pending: Set<DeviceAnswer>;
  /** Approved and not yet polled since. */
  approved: Set<DeviceAnswer>;
  /** Phones signed in. */
  phones: Set<Phone>;
  /** Refresh tokens that were revoked. */
  revoked: Set<string>;
}

const CLIENT = 'tv';
const SCOPE = 'openid offline_access messages:read';

export const createLedger = (): Ledger => ({
  tokens: 0,
  refreshTokens: new Set(),
  pending: new Set(),
  approved: new Set(),
  phones: new Set(),
  revoked: new Set(),
});

/** Runs until `signal`; then the server may be gone and requests fail. */
export async function runLoad(
  target: Target,
  {
    people,
    keys,
    signal,
    ledger,
  }: { people: readonly TestPerson[]; keys: readonly Key[]; signal: AbortSignal; ledger: Ledger },
): Promise<void> {
  const repeat = async (work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) await work().catch(() => undefined);
  };
  await Promise.all([
    ...keys.map((key) => repeat(() => useKey(target, key, ledger))),
    ...people.map((person) => repeat(() => signInByDevice(target, person, ledger))),
    ...people.map((person) => repeat(() => signIn(target, person, ledger))),
  ]);
}

export const refresh = (target: Target, refreshToken: string): Promise<Reply> =>
  post(target, 'token', { grant_type: 'refresh_token', client_id: CLIENT, refresh_token: refreshToken });

export const redeem = (target: Target, { device_code }: DeviceAnswer): Promise<Reply> =>
  post(target, 'token', { grant_type: DEVICE_GRANT, client_id: CLIENT, device_code });

export const tokenByKey = (target: Target, key: Key): Promise<Reply> =>
  post(target, 'token', { grant_type: 'client_credentials' }, basic(key.client_id, key.client_secret));

async function useKey(target: Target, key: Key, ledger: Ledger): Promise<void> {
  if ((await tokenByKey(target, key)).status === 200) ledger.tokens++;
}

async function signIn({ issuer }: Target, person: TestPerson, ledger: Ledger): Promise<void> {
  const phone = createPhone(issuer);
  const { url } = await phone.signIn(person);
  if (url.pathname === '/account') ledger.phones.add(phone);
}

/** Two devices at a time: one is approved and used on, the other is left waiting. */
async function signInByDevice(target: Target, person: TestPerson, ledger: Ledger): Promise<void> {
  const phone = createPhone(target.issuer);
  await phone.signIn(person);
  await startDevice(target, ledger);
  const device = await startDevice(target, ledger);
  ledger.pending.delete(device);
  const sheet = await phone.open(device.verification_uri_complete);
  if ((await phone.submit(sheet, { decision: 'approve' })).status !== 200) return;

  ledger.approved.add(device);
  await new Promise((resolve) => setTimeout(resolve, 50));
  ledger.approved.delete(device);
  const first = await redeem(target, device);
  let refreshToken = String(first.body['refresh_token']);
  if (first.status !== 200) return;
  ledger.refreshTokens.add(refreshToken);
  for (let rotation = 0; rotation < 3; rotation++) {
    ledger.refreshTokens.delete(refreshToken);
    const rotated = await refresh(target, refreshToken);
    if (rotated.status !== 200) return;
    refreshToken = String(rotated.body['refresh_token']);
    ledger.refreshTokens.add(refreshToken);
  }
  if (Math.random() < 0.5) return;
  ledger.refreshTokens.delete(refreshToken);
  const ended = await post(target, 'revoke', { client_id: CLIENT, token: refreshToken });
  if (ended.status === 200) ledger.revoked.add(refreshToken);
}

async function startDevice(target: Target, { pending }: Ledger): Promise<DeviceAnswer> {
  const { status, body } = await post(target, 'device_authorization', { client_id: CLIENT, scope: SCOPE });
  if (status !== 200) throw new Error('refused');
  const device = body as unknown as DeviceAnswer;
  pending.add(device);
  return device;
}
