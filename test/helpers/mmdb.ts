// A tiny database of places in the MaxMind DB format 2.0, with the few types that places need. IPv4 networks only; they stand
// under ::/96, as in the databases of a City or a Country edition.
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Value = string | number | readonly Value[] | { [name: string]: Value };

const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const RECORD_BYTES = 3;

/** Rotterdam and Amsterdam in two networks, Kaohsiung in a third, a country without city in a fourth; nothing elsewhere. */
export const PLACES: Readonly<Record<string, Value>> = {
  '203.0.113.0/24': place('NL', { en: 'Netherlands', 'zh-CN': '荷兰' }, { en: 'Rotterdam', 'zh-CN': '鹿特丹' }),
  '192.0.2.0/25': place('NL', { en: 'Netherlands', 'zh-CN': '荷兰' }, { en: 'Rotterdam', 'zh-CN': '鹿特丹' }),
  '192.0.2.128/25': place('NL', { en: 'Netherlands', 'zh-CN': '荷兰' }, { en: 'Amsterdam', 'zh-CN': '阿姆斯特丹' }),
  '198.51.100.0/25': place('DE', { en: 'Germany' }, { en: 'Essen' }),
  '198.51.100.128/25': place('DE', { en: 'Germany' }),
};

export function place(iso_code: string, names: Record<string, string>, city?: Record<string, string>): Value {
  return { country: { iso_code, names }, ...(city && { city: { names: city } }) };
}

/** The path of a new file, which is gone with the process. */
export async function writeMmdb(networks: Readonly<Record<string, Value>> = PLACES): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenim-mmdb-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'places.mmdb');
  await writeFile(file, mmdb(networks));
  return file;
}

export function mmdb(networks: Readonly<Record<string, Value>>): Buffer {
  const data: Buffer[] = [];
  const nodes: [Slot, Slot][] = [[undefined, undefined]];
  let offset = 0;
  for (const [network, value] of Object.entries(networks)) {
    insert(nodes, bitsOf(network), { data: offset });
    const encoded = encode(value);
    data.push(encoded);
    offset += encoded.length;
  }
  const tree = nodes.flatMap((node) => node.map((slot) => recordOf(slot, nodes.length)));
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: Math.floor(Date.now() / 1000),
    database_type: 'Test-City',
    description: { en: 'Places for tests' },
    ip_version: 6,
    languages: ['en', 'zh-CN'],
    node_count: nodes.length,
    record_size: RECORD_BYTES * 8,
  });
  return Buffer.concat([...tree, Buffer.alloc(16), ...data, MARKER, metadata]);
}

/** A further node, a place in the data section, or nothing. */
type Slot = { node: number } | { data: number } | undefined;

function bitsOf(network: string): number[] {
  const [address = '', length = '32'] = network.split('/');
  const bits = address.split('.').flatMap((byte) => Array.from(Number(byte).toString(2).padStart(8, '0'), Number));
  return [...Array.from({ length: 96 }, () => 0), ...bits.slice(0, Number(length))];
}

function insert(nodes: [Slot, Slot][], bits: readonly number[], leaf: { data: number }): void {
  let at = 0;
  for (const [depth, bit] of bits.entries()) {
    const node = nodes[at];
    if (!node) throw new Error('a node is missing');
    if (depth === bits.length - 1) {
      node[bit] = leaf;
      return;
    }
    const next = node[bit];
    if (next && 'node' in next) at = next.node;
    else {
      at = nodes.push([undefined, undefined]) - 1;
      node[bit] = { node: at };
    }
  }
}

function recordOf(slot: Slot, nodeCount: number): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  const value = slot === undefined ? nodeCount : 'node' in slot ? slot.node : nodeCount + 16 + slot.data;
  record.writeUIntBE(value, 0, RECORD_BYTES);
  return record;
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([control(2, text.length), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (Array.isArray(value)) {
    return Buffer.concat([control(11, value.length), ...value.map((item) => encode(item as Value))]);
  }
  const entries = Object.entries(value as Record<string, Value>);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, item]) => [encode(name), encode(item)]),
  ]);
}

/** Types from 8 on stand in a byte of their own; sizes from 29 on go on in the next one. */
function control(type: number, size: number): Buffer {
  const [length, more] = size < 29 ? [size, []] : [29, [size - 29]];
  return Buffer.from(type < 8 ? [(type << 5) | length, ...more] : [length, type - 7, ...more]);
}
