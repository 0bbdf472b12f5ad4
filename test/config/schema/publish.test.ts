import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { Schema } from '../../../core/contracts/index.ts';
import { PluginRegistry } from '../../../config/plugins/registry.ts';
import { published } from '../../../config/schema/publish.ts';

const root = join(import.meta.dirname, '../../..');

for (const [file, text] of Object.entries(published(await PluginRegistry.read(root)))) {
  t.test(`${file} is current: \`node config/schema/publish.ts\` writes it`, async (t) => {
    t.same(JSON.parse(await readFile(join(root, file), 'utf8')), JSON.parse(text));
  });
}

t.test('each third-party program is listed, with its source or why it has none', async (t) => {
  const listed = JSON.parse(await readFile(join(root, 'apis/sources.json'), 'utf8'));
  const registry = await PluginRegistry.read(root);
  const programs = registry.list('provider').filter(({ dormant }) => dormant);
  t.same(listed.map(({ name }: { name: string }) => name).sort(), programs.map(({ name }) => name).sort());
  for (const { name, repository, commit, packages, unavailable, hosted } of listed) {
    if (repository !== null)
      t.match({ repository, commit }, { repository: /^https:/, commit: /^[\da-f]{7}/ }, name);
    else t.ok(unavailable ?? hosted ?? packages.npm, name);
  }
});

t.test('a variable may stand wherever a text has a form of its own', async (t) => {
  const schema = JSON.parse(await readFile(join(root, 'switchyard.schema.json'), 'utf8')) as Schema;
  const { Ajv } = await import('ajv');
  const fits = new Ajv({ strict: false }).compile(schema);
  const config = (url: string) => ({
    providers: { lab: { use: 'openai-compatible', baseUrl: url } },
    store: { use: 'postgres', url },
    peers: { box: { url, key: '$KEY' } },
    alerts: { webhooks: [{ url }] },
  });
  t.ok(fits(config('$ADDRESS')), JSON.stringify(fits.errors));
  t.notOk(fits(config('localhost:8080')));
});

t.test('every option of the gateway has a description', async (t) => {
  const { properties } = JSON.parse(await readFile(join(root, 'switchyard.schema.json'), 'utf8'));
  for (const section of ['server', 'timeouts', 'retry', 'limits']) {
    for (const [name, option] of Object.entries(properties[section].properties)) {
      t.match(option, { description: /\w/ }, `${section}.${name}`);
    }
  }
  for (const name of ['home', 'apis']) t.match(properties[name], { description: /\w/ }, name);
});
