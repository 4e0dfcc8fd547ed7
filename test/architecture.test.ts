// The direction of imports and the absence of cycles, for the real tree; and that the checker would notice a breach.
import test from 'ava';
import { packageRoot } from '../src/lib/package-root.ts';
import { cycles, parseSource, readSources, violations } from './import-graph.ts';

const readTree = () => readSources(packageRoot, ['src', 'views']);

test('imports point in the directions of src/README.md', (t) => {
  t.deepEqual(violations(readTree()), []);
});

test('there is no cycle of imports, of types neither', (t) => {
  t.deepEqual(cycles(readTree()), []);
});

test('the tree is really read', (t) => {
  const app = readTree().find(({ path }) => path === 'src/web/app.ts');
  t.true(app?.imports.some(({ target }) => target === 'src/web/middleware/host-policy.ts'));
  t.true(readTree().some(({ path }) => path === 'views/layout.tsx'));
});

const ROUTES = 'export function mountThings() {}\n';
const forbidden: readonly [string, string][] = [
  ['src/lib/clock.ts', `import type { Config } from '../config/config.ts';`],
  ['src/config/load.ts', `import { openStorage } from '../storage/open.ts';`],
  ['src/storage/port.ts', `import { stateOf } from '../web/request-state.ts';`],
  ['src/web/app.ts', `import { mountOperations } from '../ops/routes.ts';`],
  ['src/web/app.ts', `import type { Metrics } from '../ops/metrics.ts';`],
  ['src/web/app.ts', `import { loadConfig } from '../config/load.ts';`],
  ['src/web/limits.ts', `import type { Store } from '../storage/port.ts';`],
  ['src/qr/session.ts', `import { decide } from '../policy/decide.ts';`],
  ['src/qr/session.ts', `import { page } from '../web/render.ts';`],
  ['src/qr/session.ts', `import Router from '@koa/router';`],
  ['src/qr/session.ts', `import { openSqlite } from '../storage/sqlite/open.ts';`],
  ['src/qr/page.ts', `${ROUTES}import { decide } from '../policy/decide.ts';`],
  ['src/admin/users.ts', `import { createDirectory } from '../accounts/directory.ts';`],
  ['src/admin/users.ts', `import { compose } from '../compose.ts';`],
  ['src/accounts/login.ts', `import { Redis } from 'ioredis';`],
  ['src/accounts/login.ts', `export { Provider } from 'oidc-provider';`],
  ['src/accounts/login.ts', `const sqlite = await import('node:sqlite');`],
  ['src/accounts/login.ts', `import {\n  compose,\n} from '../compose.ts';`],
  ['src/accounts/login.ts', `import { createTransport } from 'nodemailer';`],
  ['src/cli/key.ts', `import { Redis } from 'ioredis';`],
  ['src/cli/key.ts', `import '../main.ts';`],
  ['views/home.tsx', `import { stateOf } from '../src/web/request-state.ts';`],
];

for (const [path, text] of forbidden) {
  test(`${path} may not say: ${text.replaceAll('\n', ' ')}`, (t) => {
    t.is(violations([parseSource(path, text)]).length, 1);
  });
}

const allowed: readonly [string, string][] = [
  ['src/config/load.ts', `import { DomainError } from '../lib/errors.ts';`],
  ['src/web/render.ts', `import { renderPage } from '../../views/layout.tsx';`],
  ['src/web/app.ts', `import type { ConfigSource } from '../config/config.ts';`],
  ['src/oidc/adapter.ts', `import type { Store } from '../storage/port.ts';`],
  ['src/oidc/provider.ts', `import Provider from 'oidc-provider';`],
  ['src/oidc/session.ts', `import type { Sessions } from '../web/session.ts';`],
  ['src/qr/session.ts', `import type { AuditEvent } from '../audit/event.ts';`],
  ['src/qr/page.ts', `${ROUTES}import { page } from '../web/render.ts';`],
  ['src/accounts/routes/reset.ts', `import { page } from '../../web/render.ts';`],
  ['src/admin/users.ts', `import type { Account } from '../accounts/account.ts';`],
  ['src/compose/server.ts', `import { createApp } from '../web/app.ts';`],
  ['src/cli/serve.ts', `import { compose } from '../compose.ts';`],
];

for (const [path, text] of allowed) {
  test(`${path} may say: ${text.replaceAll('\n', ' ')}`, (t) => {
    t.deepEqual(violations([parseSource(path, text)]), []);
  });
}

test('a cycle is found, also through types and a third file', (t) => {
  const sources = [
    parseSource('a/one.ts', `import type { Two } from './two.ts';`),
    parseSource('a/two.ts', `import { three } from './three.ts';`),
    parseSource('a/three.ts', `export { one } from './one.ts';`),
  ];
  t.deepEqual(cycles(sources), [['a/one.ts', 'a/two.ts', 'a/three.ts', 'a/one.ts']]);
});

test('what only looks like an import is none', (t) => {
  const text = `// import { x } from '../compose.ts';\nconst example = "import x from '../compose.ts'";\n`;
  t.deepEqual(parseSource('src/web/app.ts', text).imports, []);
});
