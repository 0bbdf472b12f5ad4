import t, { type Test } from 'tap';
import { Outrun, SettingsTable } from '../../../../config/settings/fleet/settings-table.ts';
import { STEPS } from '../../../../config/settings/fleet/steps.ts';
import { migrate } from '../../../../kits/store-kit/migrate.ts';
import { Postgres } from '../../../../kits/store-kit/postgres.ts';
import { noPostgres, postgresServer } from '../../../postgres.ts';

const skip = noPostgres;
const timeout = 120_000;
const server = skip ? undefined : await postgresServer(t);

async function opened(t: Test) {
  const postgres = await Postgres.open({ url: await server!.database(), pool: 2 });
  t.teardown(() => postgres.close());
  return postgres;
}

const isOutrun = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => error instanceof Outrun,
  );

t.test('of two concurrent changes to one revision, one is refused', { skip, timeout }, async (t) => {
  const postgres = await opened(t);
  const [one, two] = [new SettingsTable(postgres, 'one'), new SettingsTable(postgres, 'two')];
  t.same([await one.last(), await one.lastId()], [undefined, undefined]);
  const overrides = { strategy: { use: 'p2c' } };
  const both = await Promise.allSettled([one, two].map((table) => table.add({ overrides }, undefined)));
  t.same(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  t.ok(both.some((result) => result.status === 'rejected' && result.reason instanceof Outrun));
  const first = await two.last();
  t.match(first, { revision: 1, content: { overrides } });
  t.match(await two.add({ overrides: {} }, first), { revision: 2, node: 'two' });
  t.ok(await isOutrun(one.add({ overrides }, first)));
  // As a backup that had another second change would have it.
  await postgres.query("UPDATE switchyard_settings SET id = 'restored' WHERE revision = 2");
  t.ok(await isOutrun(two.add({ overrides }, { ...first!, revision: 2 })));
});

t.test('PostgreSQL has the last hundred changes', { skip, timeout }, async (t) => {
  const postgres = await opened(t);
  const table = new SettingsTable(postgres, 'one');
  let last = await table.last();
  for (let nth = 0; nth < 103; nth++) last = await table.add({ overrides: {} }, last);
  t.match(await postgres.query('SELECT min(revision) AS least, count(*) AS count FROM switchyard_settings'), [
    { least: 4, count: '100' },
  ]);
});

t.test('its tables go forward and back from every version', { skip, timeout }, async (t) => {
  const postgres = await opened(t);
  for (let from = 0; from <= STEPS.length; from++) {
    t.equal(await migrate(postgres, 'settings', STEPS, from), from);
    const table = new SettingsTable(postgres, 'one');
    await table.add({ overrides: {} }, await table.last());
    t.match(await table.last(), { node: 'one' });
    t.equal(await migrate(postgres, 'settings', STEPS, 0), 0);
  }
});
