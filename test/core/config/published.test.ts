import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { Catalogue } from '../../../core/catalogue.ts';
import { published } from '../../../core/config/publish.ts';

const root = join(import.meta.dirname, '../../..');

t.test('switchyard.schema.json is current: `node core/config/publish.ts` writes it', async (t) => {
  const committed = await readFile(join(root, 'switchyard.schema.json'), 'utf8');
  t.same(JSON.parse(committed), JSON.parse(published(await Catalogue.read(root))));
});

t.test('every option of the house has a description', async (t) => {
  const { properties } = JSON.parse(await readFile(join(root, 'switchyard.schema.json'), 'utf8'));
  for (const section of ['server', 'timeouts', 'retry', 'limits']) {
    for (const [name, option] of Object.entries(properties[section].properties)) {
      t.match(option, { description: /\w/ }, `${section}.${name}`);
    }
  }
});
