import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import type { Trace } from '../../../core/contracts/index.ts';
import { Buckets } from '../../../plugins/history/buckets.ts';
import { MinuteCounts } from '../../../plugins/history/minute-counts.ts';
import { migrations } from '../../../plugins/history/migrations.ts';
import { OpenRow } from '../../../plugins/history/open-row.ts';
import type { Batch, RequestsRow } from '../../../plugins/history/rows.ts';
import { Store, type StoreSettings } from '../../../plugins/history/store.ts';
import { folder } from './keep.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

function storeIn(t: Test, file: string, more: Partial<StoreSettings> = {}) {
  const said: string[] = [];
  const store = new Store({ file, keepMs: 30 * DAY, size: 2 ** 29, ...more }, (text) => said.push(text));
  t.teardown(() => store.close());
  return { store, said };
}

const batch = (more: Partial<Batch> = {}): Batch => ({
  requests: [],
  minutes: [],
  uptime: [],
  states: [],
  ...more,
});

function requests(from: number, count: number, more: Partial<Trace> = {}): RequestsRow {
  const row = new OpenRow();
  for (let at = 0; at < count; at++)
    row.add({
      id: `req_${String(from + at).padStart(6, '0')}`,
      startedEpochMs: Date.now(),
      model: 'm',
      candidates: [],
      attempts: [],
      notes: [],
      ...more,
    } as unknown as Trace);
  return row.closed();
}

const idsIn = (store: Store): string[] => store.requests({}, 10_000).map(({ id }) => id);

t.test('a file of an older version is migrated with all its data', async (t) => {
  for (let version = 0; version < migrations.length; version++) {
    const file = join(await folder(t), 'history.db');
    const old = new DatabaseSync(file);
    for (const step of migrations.slice(0, version)) old.exec(step);
    old.exec(`PRAGMA user_version = ${version}`);
    if (version > 0) {
      const { last, first, since, until, count, data } = requests(1, 3);
      old
        .prepare('INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?)')
        .run(last, first, since, until, count, data);
      old.exec("INSERT INTO states VALUES (5, 'one', 'healthy', 'ready')");
    }
    old.close();
    const { store, said } = storeIn(t, file);
    const had = version > 0;
    t.equal(idsIn(store).length, had ? 3 : 0, `version ${version}`);
    t.equal(store.states('one', 10).length, had ? 1 : 0);
    const row = new MinuteCounts().row(Date.now(), 'one', 'm');
    store.write(batch({ requests: [requests(10, 1)], minutes: [{ ...row, requests: 7 }] }));
    const query = { range: '1h', provider: undefined, model: undefined, nowEpochMs: Date.now() } as const;
    t.equal(store.statistics(query, { minutes: [], uptime: [] }).totals.requests, 7);
    t.strictSame(said, []);
  }
});

t.test('a foreign file, or one of a newer gateway, is set aside and reported, never lost', async (t) => {
  for (const [what, write] of Object.entries({
    'no database': (file: string) => writeFileSync(file, 'this is no database '.repeat(1_000)),
    'a newer version': (file: string) => {
      const newer = new DatabaseSync(file);
      newer.exec(`CREATE TABLE t (a); PRAGMA user_version = ${migrations.length + 1}`);
      newer.close();
    },
  })) {
    const home = await folder(t);
    const file = join(home, 'history.db');
    write(file);
    const was = readFileSync(file);
    const { store, said } = storeIn(t, file);
    store.write(batch({ requests: [requests(1, 2)] }));
    t.strictSame(idsIn(store), ['req_000002', 'req_000001'], what);
    const [aside] = readdirSync(home).filter((name) => name.startsWith('history.db.broken-'));
    t.ok(aside, what);
    t.strictSame(readFileSync(join(home, aside!)), was, 'as it was');
    t.equal(said.length, 1);
    t.match(said[0], aside);
  }
});

t.test('a file that breaks while open is set aside, and later records are kept', async (t) => {
  const home = await folder(t);
  const file = join(home, 'history.db');
  const first = storeIn(t, file);
  for (let at = 0; at < 40; at++) first.store.write(batch({ requests: [requests(at * 100, 100)] }));
  first.store.close();
  const bytes = readFileSync(file);
  // The first page stays good, so that it opens.
  bytes.fill(0x5a, 16_384);
  writeFileSync(file, bytes);
  const { store, said } = storeIn(t, file);
  t.throws(() => {
    for (let at = 0; at < 10; at++) store.write(batch({ requests: [requests(at, 1)] }));
  }, /malformed/);
  store.write(batch({ requests: [requests(5, 1)] }));
  t.strictSame(idsIn(store), ['req_000005']);
  t.equal(said.length, 1);
});

t.test('the file stays within its size, and the newest requests stay', async (t) => {
  const file = join(await folder(t), 'history.db');
  const size = 2 ** 20;
  const { store } = storeIn(t, file, { size });
  const total = (): number =>
    [file, `${file}-wal`].reduce(
      (sum, name) => sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  let most = 0;
  for (let at = 0; at < 200; at++) {
    store.write(batch({ requests: [requests(at * 100, 100, { error: 'x'.repeat(200) })] }));
    most = Math.max(most, total());
  }
  t.ok(most <= size, `${most} bytes`);
  const ids = idsIn(store);
  t.ok(ids.length >= 1_000, `${ids.length} are kept`);
  t.equal(ids[0], 'req_019999');
  t.strictSame(ids, ids.toSorted().reverse());
  t.equal(Number(ids[0]!.slice(4)) - Number(ids.at(-1)!.slice(4)) + 1, ids.length, 'without a hole');
});

t.test('old records are deleted, and minutes become hours with the same counts', async (t) => {
  const file = join(await folder(t), 'history.db');
  const now = Date.now();
  const three = now - 3 * DAY;
  const from = three - (three % (2 * HOUR));
  const cell = new MinuteCounts();
  for (const ms of [10, 20, 40]) cell.latency.add(ms);
  const row = { ...cell.row(0, 'one', 'm'), requests: 3, kinds: { upstream_refused: 1 } };
  const first = storeIn(t, file, { keepMs: DAY });
  const minutes = Array.from({ length: 120 }, (_, at) => ({ ...row, at: from + at * 60_000 }));
  const uptime = minutes.map(({ at }) => ({ at, provider: 'one', up: 45, known: 60 }));
  first.store.write(
    batch({ minutes, uptime, states: [{ at: from, provider: 'one', state: 'healthy', reason: '' }] }),
  );
  first.store.write(batch({ requests: [requests(1, 1, { startedEpochMs: now - 2 * DAY })] }));
  first.store.write(batch({ requests: [requests(2, 1)] }));
  const query = { range: '7d', provider: undefined, model: undefined, nowEpochMs: now } as const;
  const none = { minutes: [], uptime: [] };
  const before = first.store.statistics(query, none);
  first.store.close();

  const { store } = storeIn(t, file, { keepMs: DAY });
  store.write(batch());
  t.strictSame(idsIn(store), ['req_000002']);
  t.strictSame(store.states('one', 5), []);
  t.strictSame(store.statistics(query, none), before);
  t.match(before, {
    totals: { requests: 360, p50: Number },
    errors: [{ kind: 'upstream_refused', count: 120 }],
    providers: [{ provider: 'one', uptime: 0.75 }],
  });
  store.close();
  const raw = new DatabaseSync(file, { readOnly: true });
  t.strictSame({ ...raw.prepare('SELECT count(*) AS rows FROM minutes').get() }, { rows: 2 });
  raw.close();
});

t.test('a full disk costs the records that cannot be written, and no others', async (t) => {
  const home = await folder(t);
  mkdirSync(join(home, 'disk'));
  const disk = join(home, 'disk');
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]).status !== 0)
    return void t.pass('a small disk cannot be mounted by this user', { skip: true });
  t.teardown(() => spawnSync('umount', ['-l', disk]));
  const { store } = storeIn(t, join(disk, 'history.db'));
  let written = 0;
  const write = (): void => {
    for (; written < 100; written++)
      store.write(batch({ requests: [requests(written * 100, 100, { error: 'x'.repeat(100) })] }));
  };
  t.throws(write, { message: /full|disk I\/O/ });
  t.ok(written > 0 && written < 100);
  const kept = idsIn(store);
  t.equal(kept.length, written * 100, 'readable while it is full');
  spawnSync('mount', ['-o', 'remount,size=64m', disk]);
  write();
  t.equal(idsIn(store).length, 10_000, 'and written again when there is room');
});

t.test('quantiles of any sum of counts are at most 4 % off', (t) => {
  const all = new Buckets();
  const values: number[] = [];
  for (let part = 0; part < 20; part++) {
    const buckets = new Buckets();
    for (let at = 1; at <= 50; at++) {
      const ms = 0.3 * 1.013 ** (part * 50 + at);
      values.push(ms);
      buckets.add(ms);
    }
    all.merge(buckets.sparse);
  }
  for (const share of [0.001, 0.5, 0.95, 0.99, 1]) {
    const exact = values[Math.max(1, Math.ceil(share * values.length)) - 1] as number;
    const told = all.quantile(share) as number;
    t.ok(Math.abs(told - exact) <= exact * 0.04 + 0.05, `${share}: ${told} for ${exact}`);
  }
  t.equal(new Buckets().quantile(0.5), null);
  t.end();
});
