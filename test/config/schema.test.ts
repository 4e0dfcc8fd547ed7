import test from 'ava';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configJsonSchema } from '../../src/config/schema.ts';
import { packageRoot } from '../../src/lib/package-root.ts';

type Node = {
  description?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | false;
  items?: Node;
};

test('config/schema.json is what `tokenim config schema` prints', async (t) => {
  const checkedIn = JSON.parse(await readFile(join(packageRoot, 'config/schema.json'), 'utf8')) as unknown;
  t.deepEqual(
    checkedIn,
    JSON.parse(JSON.stringify(configJsonSchema())),
    'run: npx tokenim config schema > config/schema.json',
  );
});

test('the shipped configuration tells editors its schema in the first line', async (t) => {
  const text = await readFile(join(packageRoot, 'config/tokenim.yaml'), 'utf8');
  t.is(text.split('\n', 1)[0], '# yaml-language-server: $schema=schema.json');
});

test('every field is described', (t) => {
  t.deepEqual(undescribed(configJsonSchema() as Node, ''), []);
});

function undescribed(node: Node, path: string): string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}${name}`]),
    ...undescribed(field, `${path}${name}.`),
  ]);
  const inner = [node.additionalProperties, node.items].flatMap((child) =>
    child ? undescribed(child, `${path}*.`) : [],
  );
  return [...own, ...inner];
}
