// The storage URL of contract §2: its accepted forms, parsed, and the form without a password for logs.
// `storage/open.ts` picks the adapter by what comes out of here.
import { DomainError } from './errors.ts';

export interface RedisNode {
  host: string;
  port: number;
}

export interface RedisTarget {
  engine: 'redis';
  topology: 'single' | 'sentinel' | 'cluster';
  tls: boolean;
  nodes: readonly RedisNode[];
  username?: string;
  password?: string;
  /** Database number; always 0 on a cluster. */
  db: number;
  /** The master's name among the sentinels. */
  master?: string;
}

export interface SqliteTarget {
  engine: 'sqlite';
  /** As written, `:memory:` included. */
  path: string;
}

export type StorageTarget = SqliteTarget | RedisTarget;

const REDIS_URL = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:(.*)@)?([^@/?#]+)(?:\/([^/?#]*))?$/;
const NODE = /^(\[[0-9a-fA-F:.]+\]|[^[\]:]+)(?::([0-9]{1,5}))?$/;
/** For people. */
export const STORAGE_FORMS = [
  'sqlite:FILE',
  'sqlite::memory:',
  'redis://[user:password@]host[:port][/db]',
  'redis+sentinel://[user:password@]host:port,host:port/master-name',
  'redis+cluster://[user:password@]host:port,host:port',
].join(', ');

const read = (url: string): StorageTarget | undefined =>
  url.startsWith('sqlite:') ? parseSqlite(url) : parseRedis(url);

export const isStorageUrl = (url: string): boolean => read(url) !== undefined;

/** Throws `storage_url_invalid`, which lists the forms and repeats nothing of the URL: it may hold a password. */
export function parseStorageUrl(url: string): StorageTarget {
  const target = read(url);
  if (target) return target;
  throw new DomainError('invalid', 'storage_url_invalid', {
    detail: `the storage URL must be one of: ${STORAGE_FORMS} (rediss for TLS; percent-encode user and password)`,
  });
}

/** The URL without its password. */
export function describeStorage(url: string): string {
  try {
    return parseStorageUrl(url).engine === 'sqlite' ? url : url.replace(/\/\/(.*)@/, (_, user: string) => shown(user));
  } catch {
    return 'an invalid storage URL';
  }
}

const shown = (userInfo: string): string => {
  const user = userInfo.split(':', 1)[0];
  return user ? `//${user}@` : '//';
};

function parseSqlite(url: string): SqliteTarget | undefined {
  const path = url.slice('sqlite:'.length);
  const looksLikeHost = path.startsWith('//') && !path.startsWith('///');
  return path === '' || looksLikeHost ? undefined : { engine: 'sqlite', path };
}

function parseRedis(url: string): RedisTarget | undefined {
  const match = REDIS_URL.exec(url);
  if (!match) return undefined;
  const topology = (match[2] ?? 'single') as RedisTarget['topology'];
  const nodes = parseNodes(match[4] ?? '', topology === 'sentinel' ? 26_379 : 6379);
  const credentials = parseUserInfo(match[3] ?? '');
  const place = parsePath(topology, match[5] ?? '');
  if (!nodes || !credentials || !place || (topology === 'single' && nodes.length > 1)) return undefined;
  return { engine: 'redis', topology, tls: match[1] === 's', nodes, ...credentials, ...place };
}

function parseNodes(text: string, defaultPort: number): RedisNode[] | undefined {
  const nodes: RedisNode[] = [];
  for (const part of text.split(',')) {
    const match = NODE.exec(part);
    const port = Number(match?.[2] ?? defaultPort);
    if (!match?.[1] || port < 1 || port > 65_535) return undefined;
    nodes.push({ host: match[1].replace(/^\[|\]$/g, ''), port });
  }
  return nodes;
}

function parseUserInfo(text: string): { username?: string; password?: string } | undefined {
  const colon = text.indexOf(':');
  try {
    const username = decodeURIComponent(colon < 0 ? text : text.slice(0, colon));
    const password = colon < 0 ? '' : decodeURIComponent(text.slice(colon + 1));
    return { ...(username && { username }), ...(password && { password }) };
  } catch {
    return undefined;
  }
}

function parsePath(topology: RedisTarget['topology'], path: string): { db: number; master?: string } | undefined {
  if (topology === 'sentinel') return path === '' ? undefined : { db: 0, master: path };
  if (topology === 'cluster') return path === '' || path === '0' ? { db: 0 } : undefined;
  return /^[0-9]{0,4}$/.test(path) ? { db: Number(path) } : undefined;
}
