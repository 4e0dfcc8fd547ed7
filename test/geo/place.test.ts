// Places of addresses: in the reader's language, nothing where nothing is known, and never an exception at a look-up.
import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { openGeo, placesDiffer } from '../../src/geo/place.ts';
import { isDomainError } from '../../src/lib/errors.ts';
import { mmdb, place, PLACES, writeMmdb } from '../helpers/mmdb.ts';

test('a place has its names in each language, of the database or of Unicode', async (t) => {
  const { placeOf } = await openGeo(await writeMmdb());
  t.deepEqual(placeOf('203.0.113.9'), {
    country: 'NL',
    names: {
      en: { country: 'Netherlands', city: 'Rotterdam' },
      'zh-CN': { country: '荷兰', city: '鹿特丹' },
      'zh-TW': { country: '荷蘭', city: '鹿特丹' },
    },
  });
  t.deepEqual(placeOf('198.51.100.200')?.names['zh-CN'], { country: '德国' });
});

test('an address that is not in the database, or none at all, has no place', async (t) => {
  const { placeOf } = await openGeo(await writeMmdb());
  for (const address of ['127.0.0.1', '2001:db8::1', '', 'unknown', undefined, '203.0.113.9, 1.1.1.1']) {
    t.is(placeOf(address), undefined, String(address));
  }
});

test('without a file nobody is anywhere', async (t) => {
  t.is((await openGeo(undefined)).placeOf('203.0.113.9'), undefined);
});

test('what is no country, and control characters in names, are not shown', async (t) => {
  const file = await writeMmdb({
    '203.0.113.0/24': place('<b>', { en: 'X' }),
    '192.0.2.0/24': place('NL', { en: 'Nether\r\nlands' }, { en: 'x'.repeat(200) }),
  });
  const { placeOf } = await openGeo(file);
  t.is(placeOf('203.0.113.9'), undefined);
  t.is(placeOf('192.0.2.1')?.names.en.country, 'Netherlands');
  t.is(placeOf('192.0.2.1')?.names.en.city?.length, 80);
});

test('a damaged record is no place, and a damaged file is refused by its name', async (t) => {
  const file = await writeMmdb();
  const whole = mmdb(PLACES);
  whole.fill(0xff, whole.indexOf('country') - 2, whole.indexOf('country') + 20);
  await writeFile(file, whole);
  const { placeOf } = await openGeo(file);
  t.is(placeOf('203.0.113.9'), undefined);
  await writeFile(file, 'no database');
  const error = await t.throwsAsync(openGeo(file));
  t.true(isDomainError(error) && error.code === 'geoip_unusable');
  t.true(error?.message.includes(file));
});

test('places differ by country, and by city where both are known', async (t) => {
  const { placeOf } = await openGeo(await writeMmdb());
  const differ = (one: string, other: string) => placesDiffer(placeOf(one), placeOf(other));
  t.true(differ('203.0.113.9', '198.51.100.1'));
  t.true(differ('203.0.113.9', '192.0.2.200'));
  t.false(differ('203.0.113.9', '192.0.2.1'));
  t.false(differ('198.51.100.1', '198.51.100.200'));
  t.false(differ('203.0.113.9', '127.0.0.1'));
});
