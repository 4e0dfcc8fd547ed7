// Nobody learns from an answer who has an account: whole pages and headers are compared, byte for byte, save the CSRF token,
// the request id and what was typed. How long answers take is printed by `test/long/enumeration.ts`.
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { OPERATOR, PASSWORD, type AuthServer } from '../helpers/auth-server.ts';
import { createPhone, type Page, type Phone } from '../helpers/phone.ts';
import { onEachStorage } from '../helpers/storages.ts';

const newAddress = () => `${randomUUID()}@example.com`;
/** Headers that differ by request whoever is asked about. */
const BY_REQUEST = ['date', 'x-request-id', 'set-cookie'];

function bare({ status, headers, text }: Page, email: string) {
  const cookies = headers.getSetCookie().map((cookie) => cookie.replace(/=[^;]*/, '=').replace(/expires=[^;]*/i, ''));
  return {
    status,
    headers: [...headers].filter(([name]) => !BY_REQUEST.includes(name)),
    cookies,
    text: text
      .replaceAll(encodeURIComponent(email), '')
      .replaceAll(email, '')
      .replace(/name="(?:csrf|ticket)" value="[^"]*"/g, '')
      // A passkey's challenge, drawn anew each time.
      .replace(/data-options="[^"]*"/g, '')
      .replaceAll(headers.get('X-Request-Id') ?? '\0', ''),
  };
}

/** Active, without a password, pending, disabled, registered only, and nobody. */
async function addresses(server: AuthServer): Promise<string[]> {
  const active = await server.createPerson();
  const disabled = await server.createPerson();
  await server.server.domain.directory.disable(disabled.id);
  const [bareOne, pending, registered] = [newAddress(), newAddress(), newAddress()];
  await server.administration.createPerson(OPERATOR, { email: bareOne, active: true });
  await server.administration.createPerson(OPERATOR, { email: pending, password: PASSWORD, active: false });
  const phone = createPhone(server.issuer);
  await phone.submit(await phone.open('/account/register'), { email: registered, password: PASSWORD });
  return [newAddress(), active.email, disabled.email, bareOne, pending, registered];
}

const OTHER_PASSWORD = 'seven quiet harbour lamps';
const questions: Readonly<Record<string, (phone: Phone, email: string) => Promise<Page>>> = {
  'signing in': (phone, email) => phone.signIn({ email, password: OTHER_PASSWORD }),
  registering: async (phone, email) =>
    phone.submit(await phone.open('/account/register'), { email, password: OTHER_PASSWORD }),
  'registering with a weak password': async (phone, email) =>
    phone.submit(await phone.open('/account/register'), { email, password: 'password' }),
  'asking for a new password': async (phone, email) => phone.submit(await phone.open('/account/reset'), { email }),
  'asking for another link': async (phone, email) => phone.submit(await phone.open('/account/activate'), { email }),
};

onEachStorage(({ on, server }) => {
  for (const [what, ask] of Object.entries(questions)) {
    test(on(`${what} gets the same bytes for whoever has an account and who has none`), async (t) => {
      const [unknown = '', ...known] = await addresses(server());
      const expected = bare(await ask(createPhone(server().issuer), unknown), unknown);
      for (const email of known) {
        t.deepEqual(bare(await ask(createPhone(server().issuer), email), email), expected, email);
      }
    });
  }

  test(on("who registered somebody else's address learns nothing by signing in with their own choice"), async (t) => {
    const [unknown = '', ...known] = await addresses(server());
    const answers = await Promise.all(
      [unknown, ...known].map(async (email) => {
        const phone = createPhone(server().issuer);
        await phone.submit(await phone.open('/account/register'), { email, password: OTHER_PASSWORD });
        return bare(await phone.signIn({ email, password: OTHER_PASSWORD }), email);
      }),
    );
    for (const answer of answers) t.deepEqual(answer, answers[0]);
  });
});
