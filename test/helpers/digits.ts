// The digits of the check: shown by the phone, typed on the screen that waits.
import type { AuthServer } from './auth-server.ts';
import type { DeviceAnswer } from './device.ts';
import { ask, type Reply } from './http.ts';

export const sendDigits = (
  server: AuthServer,
  { check_uri = '' }: Pick<DeviceAnswer, 'check_uri'>,
  digits: unknown,
  headers = {},
): Promise<Reply> =>
  ask(server, check_uri, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ digits }),
  });

/** In the answer to a scan. */
export const shownBy = ({ body }: Reply): string => (body['check'] as { show: string }).show;

/** Some other digits than these. */
export const notThese = (digits: string): string => String(10 + ((Number(digits) - 10 + 1) % 90));
