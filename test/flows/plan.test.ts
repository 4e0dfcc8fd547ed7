// What a plan counts beside the clients of the files: applications that no file manages, and devices.
import test from 'ava';
import { createChanges } from '../../src/compose/changes.ts';
import { type ConfigSnapshot, digestOf, snapshotOf } from '../../src/config/snapshot.ts';
import { OPERATOR } from '../helpers/auth-server.ts';
import { approve, poll, startDevice } from '../helpers/device.ts';
import { ask } from '../helpers/http.ts';
import { onEachStorage } from '../helpers/storages.ts';

const NOTES = { name: 'Harbour Notes', grants: ['device_code'], scopes: ['openid', 'messages:read', 'calls:read'] };

const withoutScope = (scope: string) => (files: ConfigSnapshot) => {
  const { [scope]: _gone, ...scopes } = files.scopes;
  return { ...files, scopes };
};

const withSetting = (name: string, value: unknown) => (files: ConfigSnapshot) => ({
  ...files,
  settings: { ...files.settings, [name]: value },
});

onEachStorage(
  ({ on, server }) => {
    test.before(async () => {
      const snapshot = snapshotOf(server().server.config.files());
      const { applied } = server().server.domain;
      await applied.replace(undefined, { digest: digestOf(snapshot), by: 'operator', snapshot });
    });

    const consequencesFor = async (client: string | undefined, edit: (files: ConfigSnapshot) => ConfigSnapshot) => {
      const files = snapshotOf(server().server.config.files());
      const { consequences } = await createChanges(server().server.domain).plan(edit(files));
      return consequences.filter((one) => ('client' in one ? one.client : undefined) === client);
    };
    const createNotes = async () =>
      (await server().administration.createClient(OPERATOR, { settings: NOTES, isConfidential: false })).client;
    const approved = async (clientId: string, scope: string) => {
      const device = await startDevice(server(), { clientId, scope });
      await approve(server(), device, await server().createPerson({ roles: ['support'] }));
      return (await poll(server(), device, clientId)).status;
    };

    test(on('an application that no file manages loses what the files no longer know'), async (t) => {
      const { id: client } = await createNotes();
      t.is(await approved(client, 'openid calls:read'), 200);
      t.is(await approved(client, 'openid messages:read'), 200);
      const stored = { name: NOTES.name, origin: 'console' } as const;
      t.deepEqual(await consequencesFor(client, withoutScope('calls:read')), [
        { kind: 'client_loses', client, stored, scope: 'calls:read', people: 1 },
      ]);
    });

    test(on('a narrower ceiling of the device grant takes from people with approved devices'), async (t) => {
      t.is(await approved('tv', 'openid messages:read offline_access'), 200);
      t.is(await approved('tv', 'openid'), 200);
      const narrowed = (files: ConfigSnapshot) => {
        const tv = files.clients['tv'];
        return tv
          ? { ...files, clients: { ...files.clients, tv: { ...tv, device_scopes: ['openid', 'offline_access'] } } }
          : files;
      };
      const found = await consequencesFor('tv', narrowed);
      t.deepEqual(
        found.filter((one) => one.kind === 'client_loses_on_devices' && one.scope === 'messages:read'),
        [{ kind: 'client_loses_on_devices', client: 'tv', scope: 'messages:read', people: 1 }],
      );
      t.false(found.some(({ kind }) => kind === 'client_loses'));
    });

    test(on('applications that registered themselves are counted when nobody may register'), async (t) => {
      const { token } = await server().administration.createRegistrationToken(OPERATOR, { uses: 1 });
      const { status } = await ask(server(), '/oauth/register', {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({
          client_name: 'Stranger Calendar',
          redirect_uris: ['https://stranger.example/callback'],
          scope: 'openid messages:read',
        }),
      });
      t.is(status, 201);
      t.deepEqual(await consequencesFor(undefined, withSetting('client_registration.enabled', false)), [
        { kind: 'registration_ends', clients: 1, people: 0 },
      ]);
      t.deepEqual(await consequencesFor(undefined, withSetting('client_registration.scopes', ['openid'])), [
        { kind: 'registration_narrows', scope: 'messages:read', clients: 1, people: 0 },
      ]);
    });
  },
  { config: { client_registration: { enabled: true, scopes: ['openid', 'messages:read'] } } },
);
