import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { migrate } from '../../../../kits/store-kit/migrate.ts';
import { Postgres } from '../../../../kits/store-kit/postgres.ts';
import type { Waiting } from '../../../../kits/store-kit/shared-store.ts';
import { packed } from '../../../../plugins/auth/limits/counter-batch.ts';
import { Counter } from '../../../../plugins/auth/limits/counter.ts';
import { AMOUNTS, GROUPS, HOUR_MS, type UsageRow } from '../../../../plugins/auth/usage/usage-row.ts';
import { UsageStore } from '../../../../plugins/auth/usage/usage-store.ts';
import { STEPS, UsageTables } from '../../../../plugins/auth/usage/usage-tables.ts';
import { noPostgres, postgresServer, type PostgresServer } from '../../../postgres.ts';
import { testFolder } from '../../../test-folder.ts';

const timeout = 120_000;
const HOUR = 472_222 * HOUR_MS;
const all = { by: [], sinceEpochMs: 0, untilEpochMs: 2 * HOUR, only: {} };

const row = (more: Partial<UsageRow> = {}): UsageRow => ({
  ...(Object.fromEntries(AMOUNTS.map((name) => [name, 0])) as unknown as UsageRow),
  atEpochMs: HOUR,
  key: 'app',
  owner: null,
  labels: [],
  model: 'm',
  provider: 'p',
  requests: 1,
  prompt: 10,
  ...more,
});

/** Opens a store of this home; several may be open at once where it is shared. */
type Open = (home?: string) => UsageStore | UsageTables;
const told: Waiting[] = [];

function ofFile(t: Test): Open {
  const folder = testFolder(t, {});
  return (home = '0') => {
    const store = new UsageStore({ file: join(folder, `${home}.db`) }, () => undefined);
    t.teardown(() => store.close());
    return store;
  };
}

async function ofTables(t: Test, server?: PostgresServer): Promise<Open> {
  const url = server?.url ?? (await (await (common ??= postgresServer(tap))).database());
  const folder = testFolder(t, {});
  return (home = '0') => {
    const own = new UsageStore({ file: join(folder, `${home}.db`) }, () => undefined);
    const shared = { postgres: { url, pool: 2 }, waitingFile: join(folder, `${home}-waiting.db`) };
    const store = new UsageTables(
      shared,
      own,
      () => undefined,
      (waiting) => void told.push(waiting),
    );
    t.teardown(() => store.close());
    return store;
  };
}
const tap = t;
let common: Promise<PostgresServer> | undefined;

for (const [name, [opening, skip]] of Object.entries({
  'a file': [ofFile, false],
  PostgreSQL: [ofTables, noPostgres],
} as const)) {
  t.test(`${name}: rows are added up by each group, in order`, { skip, timeout }, async (t) => {
    const store = (await opening(t))();
    await store.add(
      [
        row(),
        row({ prompt: 5, labels: ['x', 'ä\u{1F600}'], owner: 'o' }),
        row({ atEpochMs: HOUR + HOUR_MS, model: 'B', provider: null, cost: 9_007_199_254_740_991 }),
      ],
      HOUR,
    );
    await store.add([row({ requests: 2, failed: 1 })], HOUR);
    t.match(await store.lines(all), [{ requests: 5, failed: 1, prompt: 35, cost: 9_007_199_254_740_991 }]);
    const groups = Object.fromEntries(
      await Promise.all(
        GROUPS.map(async (by) => {
          const lines = await store.lines({ ...all, by: [by] });
          return [by, lines.map((line) => [line[by], line.requests])];
        }),
      ),
    );
    t.same(groups, {
      key: [['app', 5]],
      owner: [
        [null, 4],
        ['o', 1],
      ],
      label: [
        [null, 4],
        ['x', 1],
        ['ä\u{1F600}', 1],
      ],
      model: [
        ['B', 1],
        ['m', 4],
      ],
      provider: [
        [null, 1],
        ['p', 4],
      ],
      hour: [
        ['2023-11-14T22:00:00Z', 4],
        ['2023-11-14T23:00:00Z', 1],
      ],
      day: [['2023-11-14', 5]],
      month: [['2023-11', 5]],
    });
    t.match(await store.lines({ ...all, only: { label: 'x' } }), [{ requests: 1, prompt: 5 }]);
    t.match(await store.lines({ ...all, only: { owner: 'o', model: 'm' } }), [{ requests: 1 }]);
    t.match(await store.lines({ ...all, only: { key: 'other' } }), [{ requests: 0 }]);
    t.match(await store.lines({ ...all, untilEpochMs: HOUR + 1 }), [{ requests: 4 }]);
    t.same(await store.lines({ ...all, by: ['key'], only: { key: 'other' } }), []);
  });

  t.test(`${name}: any text is taken, and what is too old goes`, { skip, timeout }, async (t) => {
    const store = (await opening(t))();
    const odd = ['\0', '\uD800', `"'\\u0000`, 'x'.repeat(100_000)];
    await store.add(
      odd.map((text) => row({ model: text, key: text, labels: [text], owner: text })),
      HOUR,
    );
    t.match(await store.lines(all), [{ requests: 4 }]);
    await store.clean(HOUR + 401 * 86_400_000);
    t.match(await store.lines(all), [{ requests: 0 }]);
  });
}

t.test('PostgreSQL: usage of several gateways is added up', { skip: noPostgres, timeout }, async (t) => {
  const open = await ofTables(t);
  const stores = ['a', 'b', 'c'].map(open);
  for (let nth = 0; nth < 20; nth++)
    for (const store of stores) store.add([row(), row({ model: `m${nth % 3}` })], HOUR);
  // Each sends what it has before it answers.
  for (const store of stores) await store.lines(all);
  t.match(await stores[0]!.lines(all), [{ requests: 120, prompt: 1200 }]);
});

t.test(
  'PostgreSQL: what was used while it was lost counts once, whatever was on its way',
  { skip: noPostgres, timeout },
  async (t) => {
    const server = await postgresServer(t);
    const open = await ofTables(t, server);
    const store = open('a');
    let requests = 0;
    const use = (): void => {
      requests += 1;
      store.add([row({ model: `m${requests % 7}` })], HOUR);
    };
    use();
    await store.lines(all);
    await server.frozen(async () => {
      for (let nth = 0; nth < 500; nth++) use();
      await t.rejects(async () => store.lines(all), /does not answer/);
      use();
    });
    await server.kill();
    for (let nth = 0; nth < 500; nth++) use();
    await t.rejects(async () => store.lines(all));
    t.ok(told.at(-1)!.bytes > 0, 'how much waits is told');
    t.ok(told.at(-1)!.bytes < 10_000, 'and is no more than its rows');
    await server.start();
    t.match(await store.lines(all), [{ requests, prompt: 10 * requests }]);
    t.equal(told.at(-1)!.bytes, 0);
  },
);

t.test(
  'PostgreSQL: what waited when a gateway ended is sent by the next one',
  { skip: noPostgres, timeout },
  async (t) => {
    const server = await postgresServer(t);
    const open = await ofTables(t, server);
    const [first, other] = [open('a'), open('b')];
    first.add([row()], HOUR);
    await first.lines(all);
    await server.kill();
    for (let nth = 0; nth < 10; nth++) first.add([row()], HOUR);
    await t.rejects(async () => first.lines(all));
    first.add([row()], HOUR);
    // It is not closed, as if it were killed: what it has on its way may come, too.
    await server.start();
    const second = open('a');
    await Promise.all([first.lines(all), second.lines(all)]);
    t.match(await other.lines(all), [{ requests: 12 }]);
  },
);

t.test(
  'PostgreSQL: each version of the tables is brought to this one',
  { skip: noPostgres, timeout },
  async (t) => {
    const url = await (await (common ??= postgresServer(tap))).database();
    const postgres = await Postgres.open({ url, pool: 1 });
    t.teardown(() => postgres.close());
    for (let from = 0; from <= STEPS.length; from++) {
      await migrate(postgres, 'usage', STEPS, from);
      t.equal(await migrate(postgres, 'usage', STEPS), STEPS.length);
      t.equal(await migrate(postgres, 'usage', STEPS, 0), 0);
    }
  },
);

t.test('a file: what limits have counted is replaced, and goes when its span has ended', async (t) => {
  const folder = testFolder(t, {});
  const file = join(folder, 'a.db');
  const store = new UsageStore({ file }, () => undefined);
  t.teardown(() => store.close());
  const [ending, staying] = [new Counter('a', 'hour'), new Counter('b', 'total')];
  const save = (counters: readonly Counter[], now: number): void =>
    store.saveCounters(packed(counters, now), now);
  for (const counter of [ending, staying]) counter.add(1, HOUR);
  save([ending, staying], HOUR);
  staying.add(4, HOUR + 1);
  save([staying], HOUR + 1);
  const a = { name: 'a', beganEpochMs: HOUR, endsEpochMs: HOUR + HOUR_MS, used: 1 };
  const b = { name: 'b', beganEpochMs: 0, endsEpochMs: null, used: 5 };
  t.same(store.counters(HOUR + 1), [a, b]);
  t.same(store.counters(HOUR + HOUR_MS), [b]);
  ending.add(2, HOUR + HOUR_MS);
  save([ending], HOUR + HOUR_MS);
  t.match(store.counters(HOUR + HOUR_MS), [{ name: 'a', used: 2 }, { name: 'b' }]);
  save([staying], HOUR + 2 * HOUR_MS);
  const database = new DatabaseSync(file, { readOnly: true });
  t.teardown(() => database.close());
  t.same(database.prepare('SELECT name FROM counters').all(), [{ name: 'b' }], 'in the file, too');
});
