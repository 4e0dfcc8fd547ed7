// What is wrong with an application that is sent by JSON, by an administrator or by a program that registers: every problem at once,
// in plain words.
import test from 'ava';
import { adminApi, ADMINISTRATION } from '../helpers/admin-api.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { ask } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const JARGON = /Invalid (input|key)|expected|received|Unrecognized|Too (small|big)|undefined/i;
const SECRET = 'hunter2-correct-horse';
const GOOD = { name: 'Notes', grants: ['device_code'], scopes: ['openid'] };

const bodies: readonly (readonly [name: string, body: object, ...told: string[]])[] = [
  ['nothing', {}, 'name: is missing', 'grants: is missing'],
  [
    'other types',
    { ...GOOD, name: 5, scopes: 'openid' },
    'name: must be a text, in quotes',
    'scopes: must be a list, such as [a, b]',
  ],
  ['a word that is near', { ...GOOD, type: 'natve' }, 'type: must be web or native; did you mean `native`?'],
  ['an unknown key', { ...GOOD, scpes: [] }, 'unknown key `scpes`; did you mean `scopes`?'],
  ['names of RFC 7591', { ...GOOD, clientName: 'x' }, 'unknown key `clientName`; did you mean `name`?'],
  [
    'what only files say',
    { ...GOOD, first_party: true, secrets: [SECRET] },
    'first_party: only a client of the configuration files may have this',
    'secrets: only a client of the configuration files may have this',
  ],
  [
    'no lifetime',
    { ...GOOD, lifetimes: { access_token: 600 } },
    'lifetimes.access_token: must be a duration such as 30s, 10m, 24h or 90d',
  ],
  ['no grant', { ...GOOD, grants: [] }, 'grants: needs at least one grant'],
  ['no truth', { ...GOOD, confidential: 'yes' }, 'confidential: must be true or false'],
];

onEachStorage(
  ({ on, server }) => {
    test(on('an administrator is told every problem of an application in plain words'), async (t) => {
      const { call } = await adminApi(server());
      for (const [name, sent, ...told] of bodies) {
        const { status, body } = await call('POST', '/clients', sent);
        t.is(status, 400, name);
        t.is(body['detail'], told.join('; '), name);
        t.notRegex(JSON.stringify(body), JARGON);
        t.false(JSON.stringify(body).includes(SECRET));
      }
    });

    test(on('a program that registers hears what is wrong in the words of RFC 7591'), async (t) => {
      const made = await server().administration.createRegistrationToken(OPERATOR, { uses: 1, expiresIn: 600 });
      for (const [sent, told] of [
        [{}, 'client_name: is missing'],
        [{ client_name: 5 }, 'client_name: must be a text, in quotes'],
        [{ client_name: 'N', redirect_uris: 'https://n.example' }, 'redirect_uris: must be a list, such as [a, b]'],
        [
          { client_name: 'N', application_type: 'webb' },
          'application_type: must be web or native; did you mean `web`?',
        ],
        [{ client_name: 'N', grant_types: Array(11).fill('x') }, 'grant_types: must have at most 10 entries'],
      ] as const) {
        const { status, body } = await ask(server(), '/oauth/register', {
          method: 'POST',
          headers: { Authorization: `Bearer ${made.token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify(sent),
        });
        t.is(status, 400);
        t.is(body['error_description'], told);
      }
    });
  },
  { config: { ...ADMINISTRATION, client_registration: { enabled: true } } },
);
