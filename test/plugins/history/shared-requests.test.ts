/** Requests that gateways share in PostgreSQL: as the file lists them, of all gateways, and each once. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { RequestFilter, Trace, TraceRecord } from '../../../core/contracts/index.ts';
import { migrate } from '../../../kits/store-kit/migrate.ts';
import { Postgres } from '../../../kits/store-kit/postgres.ts';
import type { Waiting } from '../../../kits/store-kit/shared-store.ts';
import { HistoryTables } from '../../../plugins/history/history-tables.ts';
import { OpenRow } from '../../../plugins/history/open-row.ts';
import type { Batch, RequestsRow } from '../../../plugins/history/rows.ts';
import { STEPS } from '../../../plugins/history/steps.ts';
import { Store } from '../../../plugins/history/store.ts';
import { noPostgres, postgresServer, type PostgresServer } from '../../postgres.ts';
import { testFolder } from '../../test-folder.ts';

const skip = noPostgres;
const timeout = 180_000;
const DAY = 86_400_000;

const idOf = (nth: number): string => `req_${String(nth).padStart(6, '0')}`;

function row(from: number, count: number, more: (nth: number) => Partial<Trace> = () => ({})): RequestsRow {
  const open = new OpenRow();
  for (let nth = from; nth < from + count; nth++)
    open.add({
      id: idOf(nth),
      startedEpochMs: Date.now() - 1_000 + nth,
      surface: 'chat',
      model: 'm',
      route: 'm',
      strategy: 'p2c',
      candidates: [],
      attempts: [],
      notes: [],
      ending: 'complete',
      ...more(nth),
    } as unknown as Trace);
  return open.closed();
}

const batch = (...requests: RequestsRow[]): Batch => ({ requests, minutes: [], uptime: [], states: [] });

const tap = t;
let common: Promise<PostgresServer> | undefined;
const database = async (): Promise<string> => (await (common ??= postgresServer(tap))).database();

async function tables(t: Test, server?: PostgresServer) {
  const url = server?.url ?? (await database());
  const folder = testFolder(t, {});
  const told = new Map<string, Waiting>();
  const file = (node: string): string => join(folder, node, 'history.db');
  const open = (node: string, size = 2 ** 26) => {
    const shared = { postgres: { url, pool: 2 }, node };
    const own = new Store({ file: file(node), keepMs: 30 * DAY, size, shared }, () => undefined);
    const store = new HistoryTables({
      shared,
      keepMs: 30 * DAY,
      size,
      own,
      say: () => undefined,
      tell: (waiting) => void told.set(node, waiting),
    });
    t.teardown(() => store.close());
    return store;
  };
  return { url, open, file, told };
}

async function until<T>(question: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await question();
    if (holds(answer)) return answer;
    await sleep(20);
  }
}

const all = (store: HistoryTables) => store.requestsOfAll({}, 100_000);
const sent = (store: HistoryTables, count: number) =>
  until(
    () => all(store),
    ({ length }) => length >= count,
  );

t.test('PostgreSQL lists what the file lists', { skip, timeout }, async (t) => {
  const { open } = await tables(t);
  const store = open('a');
  const target = { id: 'Two_2/big', provider: { name: 'two_2' } };
  const attempt = {
    target,
    outcome: 'failed',
    startedUs: 0,
    bytes: 0,
    message: 'Ünd "so" 100%_\\',
    upstreamId: 'up-7',
  };
  for (let nth = 0; nth < 400; nth++)
    store.write(
      batch(
        row(nth * 3, 3, (id) => ({
          ...(id % 5 === 0 && { model: 'other', status: 503, ending: 'error', error: 'it broke' }),
          ...(id === 7 && { attempts: [attempt] as never, status: 404, key: 'app' }),
        })),
      ),
    );
  await sent(store, 1_200);
  const filters: RequestFilter[] = [
    {},
    { before: idOf(700) },
    { before: 'x\0' },
    { model: 'other' },
    { model: '%' },
    { status: [503, 503] },
    { status: [400, 499] },
    { ending: 'error' },
    { key: 'app' },
    { provider: 'TWO-2' },
    { q: 'BROKE' },
    { q: 'ünd "so" 100%_\\' },
    { q: '\0' },
    { sinceEpochMs: Date.now() + DAY },
    { untilEpochMs: Date.now() - DAY },
    { sinceEpochMs: 1, untilEpochMs: Date.now(), model: 'other', q: 'it' },
  ];
  const bare = (found: readonly TraceRecord[]) => found.map(({ node: _, ...trace }) => trace);
  for (const filter of filters)
    for (const limit of [1, 5, 101, 5_000])
      t.same(
        bare(await store.requestsOfAll(filter, limit)),
        store.requests(filter, limit),
        `${JSON.stringify(filter)}, ${limit}`,
      );
  for (const id of [idOf(0), idOf(1_199), 'up-7', 'none', '%', '\0'])
    t.same(bare([(await store.requestOfAny(id)) ?? ({} as TraceRecord)]), [store.request(id) ?? {}], id);
});

t.test(
  'each gateway lists the requests of all, in order and with their node',
  { skip, timeout },
  async (t) => {
    const { open } = await tables(t);
    const [a, b] = [open('a'), open('b')];
    for (let nth = 0; nth < 30; nth++) {
      a.write(batch(row(nth * 2, 1)));
      b.write(batch(row(nth * 2 + 1, 1)));
    }
    const listed = await sent(a, 60);
    t.same(
      listed.map(({ id, node }) => [id, node]),
      Array.from({ length: 60 }, (_, back) => [idOf(59 - back), back % 2 === 0 ? 'b' : 'a']),
    );
    t.same(await all(b), listed);
    t.match(await b.requestOfAny(idOf(0)), { id: idOf(0), node: 'a' });
  },
);

t.test('what happened while PostgreSQL was lost is listed once', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const { open, told } = await tables(t, server);
  const a = open('a');
  let count = 0;
  const add = (): void => a.write(batch(row(count++, 1)));
  add();
  await sent(a, 1);
  await server.frozen(async () => {
    for (let nth = 0; nth < 50; nth++) add();
    await t.rejects(all(a), /does not answer|CONNECT_TIMEOUT|CONNECTION_DESTROYED/);
  });
  await server.kill();
  for (let nth = 0; nth < 50; nth++) add();
  await t.rejects(all(a));
  t.equal(a.requests({}, 1_000).length, count, 'here all are listed');
  await until(
    async () => told.get('a')?.bytes ?? 0,
    (bytes) => bytes > 0,
  );
  await a.close();
  const again = open('a');
  await server.start();
  const listed = await until(
    () => all(again).catch(() => []),
    ({ length }) => length >= count,
  );
  t.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
  t.equal(listed.length, count);
  await until(
    async () => told.get('a'),
    (waiting) => waiting?.bytes === 0,
  );
  t.equal(told.get('a')?.lost, 0);
});

t.test('what is too old or too much goes', { skip, timeout }, async (t) => {
  const { url, open } = await tables(t);
  const old = row(0, 1, () => ({ startedEpochMs: Date.now() - 31 * DAY }));
  const first = open('a');
  first.write(batch(old, row(1, 1)));
  await sent(first, 1);
  t.same(
    (
      await until(
        () => all(first),
        ({ length }) => length === 1,
      )
    ).map(({ id }) => id),
    [idOf(1)],
  );
  await first.close();
  const size = 2 ** 20;
  const long = (nth: number) => row(nth, 1, () => ({ error: `${nth}`.padEnd(size / 8, 'x') }));
  const many = open('b', 8 * size);
  for (let nth = 10; nth < 30; nth++) many.write(batch(long(nth)));
  await sent(many, 21);
  await many.close();
  const few = open('c', size);
  few.write(batch(row(40, 1)));
  const left = await until(
    () => all(few),
    (found) => found.length < 21 && found[0]?.id === idOf(40),
  );
  t.same(
    left.map(({ id }) => id),
    left.map((_, back) => (back === 0 ? idOf(40) : idOf(30 - back))),
    'the newest are left',
  );
  const postgres = await Postgres.open({ url, pool: 1 });
  t.teardown(() => postgres.close());
  const [bytes] = await postgres.query<{ sum: number }>('SELECT sum(bytes) FROM switchyard_requests');
  t.ok(bytes!.sum > size / 2 && bytes!.sum <= size, `${bytes!.sum} bytes`);
});

t.test('it takes over a file of before, which goes on without it', { skip, timeout }, async (t) => {
  const { open, file } = await tables(t);
  const before = new Store({ file: file('a'), keepMs: 30 * DAY, size: 2 ** 26 }, () => undefined);
  before.write(batch(row(1, 10)));
  before.close();
  const a = open('a');
  t.equal((await sent(a, 10)).length, 10);
  await a.close();
  const after = new Store({ file: file('a'), keepMs: 30 * DAY, size: 2 ** 26 }, () => undefined);
  t.teardown(() => after.close());
  after.write(batch(row(20, 1)));
  t.equal(after.requests({}, 100).length, 11);
});

t.test(
  'a request is found by an index, also among rows of an older gateway',
  { skip, timeout },
  async (t) => {
    const { url, open } = await tables(t);
    const postgres = await Postgres.open({ url, pool: 1 });
    t.teardown(() => postgres.close());
    const old = open('old');
    const target = { id: 'one/m', provider: { name: 'one' } };
    for (let nth = 0; nth < 120; nth++) {
      const upstreamId = nth === 60 ? `long-${'é'.repeat(5_000)}` : `up-${nth}`;
      const attempts = [{ target, outcome: 'answered', startedUs: 0, bytes: 0, upstreamId }] as never;
      old.write(batch(row(nth, 1, () => ({ attempts }))));
    }
    await sent(old, 120);
    const ids = [idOf(0), idOf(119), 'up-0', 'up-119', `long-${'é'.repeat(5_000)}`];
    const find = async (store: HistoryTables) => {
      for (const id of ids) t.ok(await store.requestOfAny(id), id.slice(0, 20));
      t.equal(await store.requestOfAny('ghost'), undefined);
    };
    await find(old);
    await old.close();
    await postgres.query('UPDATE switchyard_requests SET ids = NULL');
    await migrate(postgres, 'history', STEPS, 1);
    const store = open('new');
    await find(store);
    await until(
      () => postgres.query('SELECT 1 FROM switchyard_requests WHERE ids IS NULL LIMIT 1'),
      ({ length }) => length === 0,
    );
    await find(store);
    await postgres.query(`UPDATE switchyard_requests SET data = 'no JSON, with "ghost"'`);
    t.equal(await store.requestOfAny('ghost'), undefined, 'no row is read for an id that is in none');
    await migrate(postgres, 'history', STEPS, 1);
    t.equal((await postgres.query('SELECT last FROM switchyard_requests')).length, 120, 'the way back');
  },
);

t.test('each version of the tables is brought to this one', { skip, timeout }, async (t) => {
  const postgres = await Postgres.open({ url: await database(), pool: 1 });
  t.teardown(() => postgres.close());
  for (let from = 0; from <= STEPS.length; from++) {
    await migrate(postgres, 'history', STEPS, from);
    t.equal(await migrate(postgres, 'history', STEPS), STEPS.length);
    t.equal(await migrate(postgres, 'history', STEPS, 0), 0);
  }
});
