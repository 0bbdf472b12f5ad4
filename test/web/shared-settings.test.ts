import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../command/run.ts';
import { hasWeights, weigh } from '../config/settings/fleet/shared-fleet.ts';
import { noPostgres, postgresServer } from '../postgres.ts';
import { startSwitchyardFrom } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { barriers, openTab } from './browser.ts';

t.test(
  'what is saved into the file of one gateway of several is shown to stay in PostgreSQL, until it is ended there',
  { skip: noPostgres, timeout: 180_000 },
  async (t) => {
    const database = await (await postgresServer(t)).database();
    const lab = { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { m: 'm' } };
    const env = { SWITCHYARD_SECRET_KEY: randomBytes(32).toString('base64') };
    const config = (node: string) => ({
      'switchyard.yaml': JSON.stringify({
        home: './home',
        discover: false,
        store: { use: 'postgres', url: database },
        shared: { node },
        providers: { lab, other: lab },
        models: { fast: { targets: [{ provider: 'lab' }, { provider: 'other' }] } },
      }),
    });
    const folder = testFolder(t, { one: config('one'), two: config('two') });
    const start = (node: string) => startSwitchyardFrom(t, join(folder, node), { env });
    const [one, two] = [await start('one'), await start('two')];
    await weigh(one, 2, 3);
    await hasWeights(two, 2, 3);

    const { page } = await openTab(t);
    await page.goto(`${one.url}/#/balancing`);
    await page.getByRole('button', { name: 'Undo at all gateways' }).waitFor();
    await page.getByText(/stays in PostgreSQL for the others/).waitFor();
    await page.getByRole('button', { name: 'Save to the config file' }).press('Enter');
    await page.getByText(/2 changes saved to .+, and kept in PostgreSQL for the other gateways/).waitFor();
    t.match(await readFile(join(folder, 'one', 'switchyard.yaml'), 'utf8'), /"weight":3/);
    const left = page.getByRole('region', { name: 'Settings of all gateways' });
    await left.waitFor();
    t.same(await barriers(page), []);
    const { stdout } = await run(['config', 'diff', '--url', one.url]);
    t.match(stdout, /no changes: the file is in force\nPostgreSQL has such settings for all gateways/);

    await left.getByRole('button', { name: 'End them' }).press('Enter');
    await page.getByText('The config files alone apply again').waitFor();
    await left.waitFor({ state: 'detached' });
    await hasWeights(one, 2, 3);
    await hasWeights(two, undefined, undefined);
  },
);
