// `defineCollection`, the typed face that features use.
import test from 'ava';
import { z } from 'zod';
import { defineCollection, UniqueConflict, VersionConflict } from '../../../src/storage/port.ts';
import { SHORT, times, uniqueName, type Opened, type OpenStorage } from './harness.ts';

const person = z.object({ email: z.string(), team: z.string(), score: z.number().default(0) });

const people = ({ store, clock }: Opened) =>
  defineCollection({
    name: uniqueName('person'),
    schema: person,
    durable: true,
    listable: true,
    unique: ({ email }) => ({ email }),
    indexes: ({ team }) => ({ team: [team] }),
    terms: ({ email }) => [email],
  })(store, () => clock.now());

const ann = { email: 'Ann@x', team: 'red', score: 0 };

export function collections(openStorage: OpenStorage): void {
  test('a record is inserted once and found by id, unique value, index and search', async (t) => {
    const collection = people(await openStorage(t));
    await collection.insert('a', ann);
    await t.throwsAsync(collection.insert('a', ann), { instanceOf: VersionConflict });
    await t.throwsAsync(collection.insert('b', ann), { instanceOf: UniqueConflict });
    t.deepEqual((await collection.get('a'))?.value, ann);
    t.is((await collection.findBy('email', 'Ann@x'))?.id, 'a');
    t.is((await collection.list({ index: { name: 'team', value: 'red' }, limit: 5 })).items.length, 1);
    t.is((await collection.list({ prefix: ' ANN', limit: 5 })).items.length, 1);
    t.is(await collection.count(), 1);
  });

  test('50 parallel updates of one record all take effect', async (t) => {
    const collection = people(await openStorage(t));
    await collection.insert('a', ann);
    await times(50, () => collection.update('a', (old) => ({ ...old, score: old.score + 1 })));
    t.is((await collection.get('a'))?.value.score, 50);
  });

  test('an update moves the record in its indexes and keeps its time to live', async (t) => {
    const opened = await openStorage(t);
    const collection = people(opened);
    await collection.insert('a', ann, { ttl: SHORT });
    await collection.update('a', (old) => ({ ...old, email: 'new@x', team: 'blue' }));
    t.is(await collection.findBy('email', 'Ann@x'), undefined);
    t.is((await collection.findBy('email', 'new@x'))?.id, 'a');
    t.is(await collection.count({ name: 'team', value: 'red' }), 0);
    await opened.advance(SHORT + 50);
    t.is(await collection.get('a'), undefined);
  });

  test('an update that answers nothing leaves the record as it is', async (t) => {
    const collection = people(await openStorage(t));
    await collection.insert('a', ann);
    t.is((await collection.update('a', () => undefined))?.version, 1);
    t.is(await collection.update('nobody', (old) => old), undefined);
  });

  test('a record is consumed once and deleted by index', async (t) => {
    const collection = people(await openStorage(t));
    await collection.insert('a', ann);
    t.is((await collection.consume('a')).outcome, 'first');
    t.is((await collection.consume('a')).outcome, 'again');
    t.is(await collection.deleteBy('team', 'red'), 1);
    t.false(await collection.delete('a'));
  });

  test('a stored value that its schema does not know is refused', async (t) => {
    const { store, clock } = await openStorage(t);
    const name = uniqueName('person');
    await store.put({ name, durable: true, listable: false }, 'a', { email: 1 });
    const collection = defineCollection({ name, schema: person, durable: true })(store, () => clock.now());
    await t.throwsAsync(collection.get('a'), { instanceOf: z.ZodError });
  });
}
