// Where an address is, approximately, by a database in the MaxMind format: a hint for people, never a proof. Without a database
// there are no places, and nothing else changes.
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type CityResponse, Reader } from 'mmdb-lib';
import type { Locale } from '../config/config.ts';
import { DomainError, messageOf } from '../lib/errors.ts';

interface NamedPlace {
  country: string;
  city?: string;
}

export interface Place {
  /** ISO 3166-1. */
  country: string;
  /** In the reader's language where the database or Unicode has it. */
  names: Record<Locale, NamedPlace>;
}

export interface Geo {
  placeOf(address: string | undefined): Place | undefined;
  /** What the database says of itself. */
  about?: { type: string; builtAt: Date };
}

/** Knows no place. */
export const nowhere: Geo = { placeOf: () => undefined };

/** A name is shown on sheets and in mail: whatever the file holds, it stays a name. */
const MAX_NAME = 80;

/** The languages in which a name is looked for, in this order. */
const SEARCHED: Readonly<Record<Locale, readonly string[]>> = {
  en: ['en'],
  'zh-CN': ['zh-CN', 'en'],
  'zh-TW': ['zh-TW', 'zh-CN', 'en'],
};

/** Throws `geoip_unusable` (`invalid`), naming the file, when it cannot be read or is damaged. */
export async function openGeo(file: string | undefined): Promise<Geo> {
  if (file === undefined) return nowhere;
  try {
    const reader = new Reader<CityResponse>(await readFile(file));
    const { databaseType: type, buildEpoch: builtAt } = reader.metadata;
    // A look-up now, so that a file that is not whole is found at the start.
    reader.get('192.0.2.1');
    return { placeOf: (address) => placeIn(reader, address), about: { type, builtAt } };
  } catch (cause) {
    const detail = `geoip: the file ${file} cannot be used: ${messageOf(cause)}`;
    throw new DomainError('invalid', 'geoip_unusable', { cause, detail });
  }
}

/** Nobody is kept out by a damaged record: then there is no place. */
function placeIn(reader: Reader<CityResponse>, address: string | undefined): Place | undefined {
  try {
    const found = isIP(address ?? '') === 0 ? null : reader.get(address ?? '');
    return found ? placeOfRecord(found) : undefined;
  } catch {
    return undefined;
  }
}

function placeOfRecord({ country, city }: CityResponse): Place | undefined {
  const code = country?.iso_code;
  if (code === undefined || !/^[A-Z]{2}$/.test(code)) return undefined;
  const named = (locale: Locale): NamedPlace => {
    const cityName = nameIn(city?.names, SEARCHED[locale]);
    const countryName = nameIn(country?.names, [locale]) ?? regionName(code, locale);
    return { country: countryName, ...(cityName !== undefined && { city: cityName }) };
  };
  return { country: code, names: { en: named('en'), 'zh-CN': named('zh-CN'), 'zh-TW': named('zh-TW') } };
}

function nameIn(names: object | undefined, languages: readonly string[]): string | undefined {
  const known = new Map<string, unknown>(Object.entries(names ?? {}));
  const name = languages.map((language) => known.get(language)).find((value) => typeof value === 'string');
  return typeof name === 'string' && name !== '' ? name.replaceAll(/\p{C}/gu, '').slice(0, MAX_NAME) : undefined;
}

/** Databases lack Traditional Chinese; Unicode (CLDR) has the names of countries in it. */
const regionName = (code: string, locale: Locale): string =>
  new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' }).of(code) ?? code;

/** How two places differ, as far as both are known. */
export function placesDiffer(one: Place | undefined, other: Place | undefined): boolean {
  if (!one || !other) return false;
  if (one.country !== other.country) return true;
  const [city, otherCity] = [one.names.en.city, other.names.en.city];
  return city !== undefined && otherCity !== undefined && city !== otherCity;
}
