// Reads the import statements of a source tree and checks them against the table "Dependency direction" of `src/README.md`.
// It works on text: a statement begins a line with `import` or `export`, as the formatter leaves it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Import {
  /** Path from the package root, or the name of a package. */
  target: string;
  isPackage: boolean;
  typeOnly: boolean;
}

export interface SourceFile {
  /** From the package root, such as `src/web/app.ts`. */
  path: string;
  imports: readonly Import[];
  /** Holds routes: exports a function `mount…`, or lies in a folder that holds nothing else. */
  hasRoutes: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;
const ROUTES = /^export (?:async )?(?:function|const) mount[A-Z]/m;
const ROUTE_FOLDERS = /\/(?:routes|interactions)\/|^src\/admin\//;

/** Every source file below the folders of the package. */
export function readSources(packageRoot: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
      .map((name) => join(folder, name))
      .map((path) => parseSource(path, readFileSync(join(packageRoot, path), 'utf8'))),
  );
}

export function parseSource(path: string, text: string): SourceFile {
  const statements = [...text.matchAll(STATEMENT)].map(([, type, target = '']) => ({
    target,
    typeOnly: type !== undefined,
  }));
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, target = '']) => ({ target, typeOnly: false }));
  return {
    path,
    imports: [...statements, ...dynamic].map((found) => resolve(path, found)),
    hasRoutes: ROUTES.test(text) || ROUTE_FOLDERS.test(path),
  };
}

function resolve(from: string, { target, typeOnly }: { target: string; typeOnly: boolean }): Import {
  if (!target.startsWith('.')) return { target, isPackage: true, typeOnly };
  return { target: normalize(join(dirname(from), target)), isPackage: false, typeOnly };
}

/** Every import that the table does not allow, as `file imports target`. */
export const violations = (sources: readonly SourceFile[]): string[] =>
  sources.flatMap((source) =>
    source.imports
      .filter((found) => !(found.isPackage ? mayUsePackage(source, found) : mayImport(source, found)))
      .map(({ target }) => `${source.path} imports ${target}`),
  );

const FEATURES = ['accounts', 'api-keys', 'clients', 'policy', 'oidc', 'qr', 'audit', 'mail', 'ops', 'geo'];

/** `views` or a folder of `src`; the files at the root of `src` compose the program and count as `compose`. */
function folderOf(path: string): string {
  const [first = '', second = '', ...rest] = path.split('/');
  if (first !== 'src') return first;
  return rest.length === 0 ? 'compose' : second;
}

function mayImport(source: SourceFile, { target, typeOnly }: Import): boolean {
  const from = folderOf(source.path);
  const to = folderOf(target);
  if (target === 'src/main.ts') return false;
  if (from === to) return true;
  switch (from) {
    case 'lib':
      return false;
    case 'config':
    case 'storage':
      return to === 'lib';
    case 'web':
      return to === 'lib' || to === 'views' || isConfigType(target, typeOnly);
    case 'views':
      return typeOnly || target === 'src/web/i18n.ts' || target === 'src/web/view.ts';
    case 'admin':
      return (
        ['lib', 'web', 'views'].includes(to) || isConfigType(target, typeOnly) || (typeOnly && FEATURES.includes(to))
      );
    case 'cli':
    case 'compose':
      return true;
    default:
      return FEATURES.includes(from) && mayFeatureImport(source, { target, typeOnly });
  }
}

/** What features see of the store: its face, and how its listings are walked. */
const OF_THE_PORT = new Set(['src/storage/port.ts', 'src/storage/pages.ts']);

function mayFeatureImport(
  { hasRoutes }: SourceFile,
  { target, typeOnly }: Pick<Import, 'target' | 'typeOnly'>,
): boolean {
  const to = folderOf(target);
  if (to === 'lib' || OF_THE_PORT.has(target) || isConfigType(target, typeOnly)) return true;
  if (to === 'web' || to === 'views') return typeOnly || hasRoutes;
  return typeOnly && FEATURES.includes(to);
}

const isConfigType = (target: string, typeOnly: boolean): boolean =>
  ['src/config/config.ts', 'src/config/built-in.ts'].includes(target) || (typeOnly && folderOf(target) === 'config');

/** Packages that only one place may know. */
const OWNERS: readonly { packages: readonly string[]; may(source: SourceFile): boolean }[] = [
  { packages: ['node:sqlite', '@photostructure/sqlite'], may: ({ path }) => path.startsWith('src/storage/sqlite/') },
  { packages: ['mmdb-lib'], may: ({ path }) => path.startsWith('src/geo/') },
  { packages: ['ioredis'], may: ({ path }) => path.startsWith('src/storage/redis/') },
  { packages: ['nodemailer'], may: ({ path }) => path.startsWith('src/mail/') },
  { packages: ['oidc-provider'], may: ({ path }) => path.startsWith('src/oidc/') },
  {
    packages: ['koa', '@koa/router', 'koa-helmet', 'raw-body'],
    may: ({ path, hasRoutes }) => path.startsWith('src/web/') || hasRoutes,
  },
];

function mayUsePackage(source: SourceFile, { target, typeOnly }: Import): boolean {
  const owner = OWNERS.find(({ packages }) => packages.includes(target));
  return owner === undefined || typeOnly || owner.may(source);
}

/** Every cycle found, as the files along it; imports of types count. */
export function cycles(sources: readonly SourceFile[]): string[][] {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path]);
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}
