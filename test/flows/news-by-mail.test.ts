// Floods of letters by real changes: one maintainer renames and disables, invites and takes back, gives keys away as leaked. Each act is
// done and recorded; the others hear of the first ones, then once that there is more.
import test from 'ava';
import { OPERATOR, type TestPerson } from '../helpers/auth-server.ts';
import { developer } from '../helpers/developer.ts';
import { formsOf } from '../helpers/html.ts';
import { ask } from '../helpers/http.ts';
import { lettersSettled, letterTo } from '../helpers/mailbox.ts';
import { onEachStorage } from '../helpers/storages.ts';

const HERE = '/developer/service-accounts';
const EACH = 3;

onEachStorage(
  ({ on, server }) => {
    const domain = () => server().server.domain;
    const administration = () => server().administration;
    let names = 0;

    async function looked(...others: TestPerson[]) {
      const anna = await developer(server());
      const { id } = await administration().createServiceAccount(OPERATOR, {
        username: `flooded-${++names}`,
        roles: ['member'],
        maintainers: [anna.person.id, ...others.map((other) => other.id)],
      });
      const csrf = formsOf((await anna.phone.open('/account')).text)[0]?.hidden['csrf'] ?? '';
      const act = async (name: string, fields: Record<string, string> = {}) =>
        (await anna.phone.post(`${HERE}/${id}/${name}`, { csrf, ...fields })).status;
      return { anna, id, act };
    }

    const subjectsTo = async ({ email }: TestPerson): Promise<string[]> =>
      (await lettersSettled(server(), email)).map(({ subject }) => subject);

    test(on('of many changes each is done and recorded, and the last letter says that there is more'), async (t) => {
      const wei = await server().createPerson();
      const { anna, id, act } = await looked(wei);
      for (let time = 0; time < 4; time++) {
        t.is(await act('disable'), 303);
        t.is(await act('enable'), 303);
      }
      const name = (await domain().directory.find(id))?.username ?? '';
      const letters = await lettersSettled(server(), wei.email);
      t.is(letters.length, EACH + 1);
      t.is(letters.at(-1)?.subject, `More is being changed at “${name}” than we write about`);
      for (const word of [anna.person.email, `${HERE}/${id}`, 'next hour']) {
        t.true(letters.at(-1)?.text.includes(word), word);
      }
      const { items } = await domain().audit.list({ account: id, limit: 50 });
      t.is(items.filter(({ type }) => /account\.(?:disabled|enabled)/.test(type)).length, 8);
    });

    test(on('behind a flood nobody is removed unheard, and what others do is told'), async (t) => {
      const [wei, cleo] = [await server().createPerson(), await server().createPerson()];
      const { anna, id, act } = await looked(wei, cleo);
      for (let time = 0; time < 4; time++) {
        await act('disable');
        await act('enable');
      }
      t.is(await act('remove', { maintainer: wei.id }), 303);
      t.regex((await subjectsTo(wei)).at(-1) ?? '', /looks after .* no more/);
      await administration().removeMaintainer(OPERATOR, id, anna.person.id);
      t.regex((await subjectsTo(cleo)).at(-1) ?? '', /looks after .* no more/);
    });

    test(on('an administrator who adds and removes without end sends no more letters than others'), async (t) => {
      const [wei, cleo] = [await server().createPerson(), await server().createPerson()];
      const { id } = await looked(cleo);
      for (let time = 0; time < 6; time++) {
        await administration().addMaintainer(OPERATOR, id, wei.id);
        await administration().removeMaintainer(OPERATOR, id, wei.id);
      }
      t.deepEqual([(await subjectsTo(wei)).length, (await subjectsTo(cleo)).length], [EACH + 1, EACH + 1]);
    });

    test(on('asking and taking back sends one person a few letters; the invitation stands all the same'), async (t) => {
      const wei = await developer(server());
      const { id, act } = await looked();
      for (let time = 0; time < 5; time++) {
        await act('ask', { login: wei.person.email });
        await lettersSettled(server(), wei.person.email);
        if (time < 4) await act('retract', { login: wei.person.email });
      }
      t.is((await subjectsTo(wei.person)).length, 2);
      t.is((await domain().maintenance.asking(wei.person.id))[0]?.id, id);
    });

    test(
      on('keys that are given away as leaked end, and their maintainers hear of a few and that there are more'),
      async (t) => {
        const wei = await server().createPerson();
        const { id } = await looked(wei);
        const secrets: string[] = [];
        for (let time = 0; time < 6; time++) {
          secrets.push(
            (await administration().createKey(OPERATOR, { ownerId: id, name: `key ${time}` })).client_secret,
          );
        }
        for (const key of secrets) {
          const headers = { 'Content-Type': 'application/json' };
          const body = JSON.stringify({ key });
          t.is((await ask(server(), '/api/v1/keys/leaked', { method: 'POST', headers, body })).status, 204);
        }
        const letter = await letterTo(server(), wei.email, EACH + 1);
        t.is((await subjectsTo(wei)).length, EACH + 1);
        t.is(letter.subject, 'More of your API keys leaked and were revoked');
        t.true(letter.text.includes('/developer/keys'));
        t.true((await domain().keys.lifecycle.allOf(id)).every(({ status }) => status === 'revoked'));
      },
    );
  },
  { config: { limits: { notices: { per_subject: EACH, per_author: 1000 }, account_mail: { per_recipient: 2 } } } },
);
