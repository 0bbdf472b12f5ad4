import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { migrate } from '../../../../../../kits/store-kit/migrate.ts';
import { Postgres } from '../../../../../../kits/store-kit/postgres.ts';
import type { Waiting } from '../../../../../../kits/store-kit/shared-store.ts';
import { LONGEST } from '../../../../../../plugins/surfaces/openai/responses/state/spool.ts';
import { STEPS } from '../../../../../../plugins/surfaces/openai/responses/state/steps.ts';
import { StateStore } from '../../../../../../plugins/surfaces/openai/responses/state/store.ts';
import { StateTables } from '../../../../../../plugins/surfaces/openai/responses/state/tables.ts';
import { noPostgres, postgresServer, type PostgresServer } from '../../../../../postgres.ts';
import { testFolder } from '../../../../../test-folder.ts';

const timeout = 120_000;
const row = (id: string, at: number, response = '{}') => ({ id, owner: 'a', at, response, input: '[]' });
const BOUNDS = { keepMs: 1_000, count: 3, size: 2 ** 20 };
const WIDE = { keepMs: 1_000, count: 1_000, size: 2 ** 26 };
const at = (now: number) => ({ now });
const ignored = (): void => undefined;

/** Opens a store of this home; several may be open at once where they are shared. */
type Open = (home?: string, bounds?: typeof BOUNDS) => StateStore | StateTables;

function ofFile(t: Test): Open {
  const file = join(testFolder(t, {}), 'responses.db');
  return (_, bounds = BOUNDS) => {
    const store = new StateStore({ file, ...bounds }, ignored);
    t.teardown(() => store.close());
    return store;
  };
}

const tap = t;
let common: Promise<PostgresServer> | undefined;
const database = async (): Promise<string> => (await (common ??= postgresServer(tap))).database();

interface Shared {
  readonly file: (home: string) => string;
  readonly open: (home?: string, bounds?: typeof BOUNDS) => StateTables;
  /** by each home, the last of all */
  readonly told: Map<string, Waiting>;
}

async function shared(t: Test, server?: PostgresServer): Promise<Shared> {
  const postgres = { url: server?.url ?? (await database()), pool: 2 };
  const folder = testFolder(t, {});
  const file = (home: string): string => join(folder, home, 'responses.db');
  const told = new Map<string, Waiting>();
  const open = (home = '0', bounds = WIDE): StateTables => {
    const settings = { file: file(home), ...bounds, postgres };
    const own = new StateStore(settings, ignored);
    const tell = (waiting: Waiting): void => void told.set(home, waiting);
    const store = new StateTables({ postgres, settings, own, say: ignored, tell });
    t.teardown(() => store.close());
    return store;
  };
  return { file, open, told };
}

/** Settles when PostgreSQL has what was kept until now. */
const sent = async (store: StateStore | StateTables): Promise<unknown> => store.remove('none', 'a', at(0));

for (const [name, [opening, skip]] of Object.entries({
  'a file': [async (t: Test) => ofFile(t), false],
  PostgreSQL: [async (t: Test) => (await shared(t)).open, noPostgres],
} as const)) {
  t.test(`${name}: the oldest are deleted, by age, by count and by size`, { skip, timeout }, async (t) => {
    const open = await opening(t);
    const [store, other] = [open('one', BOUNDS), open('other', BOUNDS)];
    const find = async (id: string, owner: string, now: number) => {
      await sent(store);
      const own = await store.find(id, owner, at(now));
      const theirs = await other.find(id, owner, at(now));
      t.equal(own === undefined, theirs === undefined, `${id} is the same at both`);
      return theirs;
    };
    for (const nth of [1, 2, 3, 4]) await store.save(row(`r${nth}`, nth));
    t.equal(await find('r1', 'a', 4), undefined, 'three are kept');
    t.match(await find('r2', 'a', 4), { id: 'r2', response: '{}' });
    t.equal(await find('r2', 'b', 4), undefined, 'of its own key alone');
    t.equal(await store.remove('r2', 'b', at(4)), false);
    t.equal(await find('r4', 'a', 2_000), undefined, 'none that is too old is found');
    await store.save(row('r5', 2_000));
    t.equal(await find('r4', 'a', 4), undefined, 'nor kept');
    const long = JSON.stringify('x'.repeat(2 ** 19));
    for (const nth of [6, 7]) await store.save(row(`r${nth}`, 2_000 + nth, long));
    t.equal(await find('r6', 'a', 2_007), undefined, 'nor more bytes than allowed');
    t.match(await find('r7', 'a', 2_007), { id: 'r7', response: long });
    await store.save(row('r8', 2_008, JSON.stringify('x'.repeat(2 ** 20))));
    t.equal(await find('r8', 'a', 2_008), undefined, 'one that is longer than all may be is not kept at all');
    t.match(await find('r7', 'a', 2_008), { id: 'r7' });
    t.equal(await other.remove('r7', 'a', at(2_008)), true);
    t.equal(await other.remove('r7', 'a', at(2_008)), false);
    t.equal(await other.find('r7', 'a', at(2_008)), undefined);
  });

  t.test(`${name}: who made a response is known as long, to the last one`, { skip, timeout }, async (t) => {
    const open = await opening(t);
    const [store, other] = [open('one', BOUNDS), open('other', BOUNDS)];
    const made = (id: string, when: number, provider = 'p') => ({ id, owner: 'a', provider, at: when });
    await store.saveMakers([1, 2, 3, 4].map((nth) => made(`m${nth}`, nth)));
    await store.saveMakers([made('m4', 5, 'q')]);
    await sent(store);
    const ids = ['m1', 'm2', 'm3', 'm4'];
    const found = await Promise.all(ids.map(async (id) => (await other.maker(id, at(5)))?.provider));
    t.same(found, [undefined, 'p', 'p', 'q']);
    t.equal(await other.maker('m4', at(5_000)), undefined);
  });

  t.test(`${name}: any text is kept as it can be`, { skip, timeout }, async (t) => {
    const store = (await opening(t))('one', WIDE);
    for (const [nth, text] of ['\0', '\uD800', `"'\\u0000`, 'ä\u{1F600}'].entries())
      await store.save(row(`r${nth}`, nth, text));
    await store.saveMakers([{ id: `resp_${'é'.repeat(2_000)}`, owner: 'a', provider: 'p', at: 1 }]);
    await sent(store);
    t.match(await store.find('r3', 'a', at(3)), { response: 'ä\u{1F600}' });
    t.equal(await store.find('\0', 'a', at(3)), undefined);
    t.equal(await store.maker('x'.repeat(100_000), at(3)), undefined);
  });

  t.test(`${name}: it survives a restart`, { skip, timeout }, async (t) => {
    const open = await opening(t);
    const first = open('one');
    await first.save(row('r1', 1));
    await first.close();
    t.match(await open('one').find('r1', 'a', at(1)), { id: 'r1' });
  });
}

t.test('a file that is none is set aside', (t) => {
  const said: string[] = [];
  const file = join(t.testdir(), 'responses.db');
  writeFileSync(file, 'no database '.repeat(100));
  const store = new StateStore({ file, ...BOUNDS }, (text) => said.push(text));
  t.teardown(() => store.close());
  store.save(row('r2', 2));
  t.match(store.find('r2', 'a', at(2)), { id: 'r2' });
  t.match(said, [/cannot be used .* starts again/]);
  t.end();
});

const skip = noPostgres;

t.test('PostgreSQL: what is asked for before it has come is waited for', { skip, timeout }, async (t) => {
  const { open } = await shared(t);
  const [one, other] = [open('one'), open('other')];
  await sent(one);
  const [kept, made] = [
    other.find('r1', 'a', { now: 1, waits: true }),
    other.maker('m1', { now: 1, waits: true }),
  ];
  one.save(row('r1', 1));
  one.saveMakers([{ id: 'm1', owner: 'a', provider: 'p', at: 1 }]);
  t.match(await kept, { id: 'r1' });
  t.match(await made, { provider: 'p' });
});

t.test('PostgreSQL: what was kept while it was lost comes once it is back', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const { open, told } = await shared(t, server);
  const [one, other] = [open('one'), open('other')];
  one.save(row('r0', 1));
  await sent(one);
  await server.frozen(async () => {
    one.save(row('r1', 1));
    t.match(await one.find('r1', 'a', at(1)), { id: 'r1' }, 'here it is known');
    await t.rejects(other.find('r1', 'a', at(1)), /does not answer|CONNECT_TIMEOUT/);
    await t.rejects(other.find('r1', 'a', { now: 1, problem: 'it is lost' }), /it is lost/);
  });
  await server.kill();
  const count = 300;
  for (let nth = 2; nth < count; nth++) one.save(row(`r${nth}`, 1));
  await t.rejects(sent(one));
  t.match(told.get('one'), { lost: 0 });
  t.ok(told.get('one')!.bytes > 0, 'what waits is told');
  await t.rejects(one.remove('r5', 'a', at(1)), 'none is removed here alone');
  t.match(await one.find('r5', 'a', at(1)), { id: 'r5' });
  await server.start();
  await sent(one);
  t.same(told.get('one'), { bytes: 0, lost: 0 });
  const rows = await server.ask('SELECT id FROM switchyard_responses');
  t.equal(rows.length, count);
  t.match(await other.find('r250', 'a', at(1)), { id: 'r250' });
});

t.test('PostgreSQL: what the file had no room for is told as lost', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const { open, told } = await shared(t, server);
  const one = open('one', BOUNDS);
  await sent(one);
  await server.kill();
  for (let nth = 1; nth <= 10; nth++) one.save(row(`r${nth}`, 1));
  await t.rejects(sent(one));
  t.equal(told.get('one')?.lost, 7);
});

t.test('PostgreSQL: what is removed at one gateway is gone at all', { skip, timeout }, async (t) => {
  const { open, file } = await shared(t);
  const [one, other] = [open('one'), open('other')];
  for (const id of ['heard', 'missed', 'late']) one.save(row(id, 1));
  await sent(one);
  for (const id of ['heard', 'missed', 'late']) t.equal(await other.remove(id, 'a', at(1)), true);
  one.forget('heard');
  t.equal(await one.find('heard', 'a', at(1)), undefined);
  t.match(await one.find('missed', 'a', at(1)), { id: 'missed' }, 'as long as it has not heard of it');
  one.found();
  await sent(one);
  t.equal(await one.find('missed', 'a', at(1)), undefined);
  await one.close();
  // As if it had been killed before it wrote down that PostgreSQL has it.
  const raw = new DatabaseSync(file('one'));
  raw.exec(
    `INSERT INTO responses (id, owner, at, bytes, response, input) VALUES ('late', 'a', 1, 4, '{}', '[]')`,
  );
  raw.close();
  const again = open('one');
  await sent(again);
  t.equal(await other.find('late', 'a', at(1)), undefined, 'nothing that is sent again brings it back');
  t.equal(await again.find('late', 'a', at(1)), undefined);
});

t.test(
  'PostgreSQL: it takes over a file of before, which goes on without it',
  { skip, timeout },
  async (t) => {
    const { open, file } = await shared(t);
    const before = new StateStore({ file: file('one'), ...WIDE }, ignored);
    before.save(row('old', 1));
    before.saveMakers([{ id: 'made', owner: 'a', provider: 'p', at: 1 }]);
    before.close();
    const [one, other] = [open('one'), open('other')];
    await sent(one);
    t.match(await other.find('old', 'a', at(1)), { id: 'old' });
    t.match(await other.maker('made', at(1)), { provider: 'p' });
    one.save(row('new', 2));
    await one.close();
    const after = new StateStore({ file: file('one'), ...WIDE }, ignored);
    t.teardown(() => after.close());
    for (const id of ['old', 'new']) t.match(after.find(id, 'a', at(2)), { id });
    after.save(row('newer', 3));
    after.close();
    const back = open('one');
    await sent(back);
    t.match(await other.find('newer', 'a', at(3)), { id: 'newer' });
  },
);

t.test('PostgreSQL: one that is too long to share is known to its gateway', { skip, timeout }, async (t) => {
  const { open, told } = await shared(t);
  const [one, other] = [open('one'), open('other')];
  one.save(row('long', 1, 'x'.repeat(LONGEST)));
  one.save(row('short', 1));
  await sent(one);
  t.match(await one.find('long', 'a', at(1)), { id: 'long' });
  t.equal(await other.find('long', 'a', at(1)), undefined);
  t.match(await other.find('short', 'a', at(1)), { id: 'short' });
  t.equal(told.get('one')?.bytes, 0);
});

t.test('PostgreSQL: each version of the tables is brought to this one', { skip, timeout }, async (t) => {
  const postgres = await Postgres.open({ url: await database(), pool: 1 });
  t.teardown(() => postgres.close());
  for (let from = 0; from <= STEPS.length; from++) {
    await migrate(postgres, 'responses', STEPS, from);
    t.equal(await migrate(postgres, 'responses', STEPS), STEPS.length);
    t.equal(await migrate(postgres, 'responses', STEPS, 0), 0);
  }
});
