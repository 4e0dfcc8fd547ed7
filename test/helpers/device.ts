// The device of RFC 8628: asks for a code, polls once at a time. Its person's side is a `Phone`.
import type { AuthServer, TestPerson } from './auth-server.ts';
import { post, type Reply, type Target } from './http.ts';
import { createPhone, type Page, type Phone } from './phone.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export interface DeviceAnswer {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  qr_uri: string;
  events_uri: string;
  expires_in: number;
  interval: number;
  /** Where the digits of the check go, for a device that said it can take them. */
  check_uri?: string;
}

/** RFC 8628 §3.1. Throws when the server refuses. */
export async function startDevice(
  server: AuthServer,
  { clientId = 'tv', scope = 'openid', takesDigits = false, headers = {} } = {},
): Promise<DeviceAnswer> {
  const fields = { client_id: clientId, scope, ...(takesDigits && { check_supported: 'true' }) };
  const { status, body } = await post(server, 'device_authorization', fields, headers);
  if (status !== 200) throw new Error(`the device authorization was refused: ${String(body['error'])}`);
  return body as unknown as DeviceAnswer;
}

/** RFC 8628 §3.4, once. */
export const poll = (
  server: Target,
  { device_code }: Pick<DeviceAnswer, 'device_code'>,
  clientId = 'tv',
): Promise<Reply> => post(server, 'token', { grant_type: DEVICE_GRANT, client_id: clientId, device_code });

export async function signedInPhone(
  server: AuthServer,
  person: TestPerson,
  headers: Readonly<Record<string, string>> = {},
): Promise<Phone> {
  const phone = createPhone(server.issuer, headers);
  await phone.signIn(person);
  return phone;
}

type Link = Pick<DeviceAnswer, 'verification_uri_complete'>;

/** The confirm sheet of the scanned link. */
export const scanLink = (phone: Phone, { verification_uri_complete }: Link): Promise<Page> =>
  phone.open(verification_uri_complete);

/** Opens the link, reads the sheet and answers it. */
export const answerOn = async (phone: Phone, device: Link, decision: 'approve' | 'deny'): Promise<Page> =>
  phone.submit(await scanLink(phone, device), { decision });

/** A new person with a phone approves. */
export async function approve(server: AuthServer, device: Link, person?: TestPerson): Promise<TestPerson> {
  const approver = person ?? (await server.createPerson());
  await answerOn(await signedInPhone(server, approver), device, 'approve');
  return approver;
}
