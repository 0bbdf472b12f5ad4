import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Redis } from '../../../kits/shared-kit/redis.ts';
import { DiskStore } from '../../../plugins/cache/disk-store.ts';
import type { Entry, EntryStore } from '../../../plugins/cache/entry.ts';
import { MemoryStore } from '../../../plugins/cache/memory-store.ts';
import { RedisStore } from '../../../plugins/cache/redis-store.ts';
import { frozen, until } from '../../fleet.ts';
import { noRedis, redisServer, type RedisServer } from '../../redis.ts';
import { testFolder } from '../../test-folder.ts';

const MIB = 2 ** 20;
const LONG_MS = 3_600_000;

interface Bounds {
  readonly size?: number;
  readonly ttlMs?: number;
}

/** Opens stores of one kind, each with nothing in it. */
type Open = (bounds?: Bounds) => Promise<EntryStore> | EntryStore;

const log = () => {
  const lines: string[] = [];
  const say = (line: unknown) => void lines.push(String(line));
  return { lines, warn: say, info: say };
};

const entry = (body: Uint8Array, more: Partial<Entry> = {}): Entry => ({
  atEpochMs: Date.now(),
  headers: { 'content-type': 'text/plain', 'x-switchyard-model': 'größer' },
  isStream: false,
  body,
  ...more,
});

/** Keeps it, and waits until it is found. */
async function kept(store: EntryStore, key: string, one: Entry): Promise<Entry> {
  let found: Entry | undefined;
  store.set(key, one);
  await until(async () => (found = await store.get(key, Date.now())) !== undefined);
  return found as Entry;
}

async function redisOf({ url }: RedisServer, prefix: string): Promise<Redis> {
  return Redis.open({ url, prefix, now: () => performance.now(), date: Date.now, log: log() });
}

async function redisStore(
  t: Test,
  server: RedisServer,
  { size = 64 * MIB, ttlMs = LONG_MS }: Bounds = {},
  prefix = `${randomUUID()}:`,
) {
  const redis = await redisOf(server, prefix);
  const said = log();
  const store = new RedisStore(redis, { size, ttlMs }, said);
  store.open();
  t.teardown(async () => {
    store.close();
    await redis.close();
  });
  await until(async () => (await store.standing()).problem === null);
  return { store, lines: said.lines };
}

/** What each kind of store does. */
async function fulfils(t: Test, open: Open): Promise<void> {
  await t.test('an answer is found as it was kept, under its key only', async (t) => {
    const store = await open();
    const body = randomBytes(3 * MIB);
    const usage = { prompt: 3, completion: 4, total: 7, cost: 0.25 };
    const one = entry(body, { isStream: true, usage });
    const { atEpochMs, ...found } = await kept(store, 'one', one);
    const { atEpochMs: _, body: __, ...head } = one;
    t.ok(Buffer.from(found.body).equals(body), 'byte for byte');
    t.strictSame({ ...found, body: undefined }, { ...head, body: undefined });
    t.ok(Math.abs(atEpochMs - one.atEpochMs) < 60_000, 'and as old as it is');
    t.equal(await store.get('two', Date.now()), undefined);
    const empty = await kept(store, 'empty', entry(new Uint8Array()));
    t.equal(empty.body.length, 0);
  });

  await t.test('one that is kept again replaces the one before, and is counted once', async (t) => {
    const store = await open();
    await kept(store, 'one', entry(Buffer.from('before')));
    const { bytes } = await store.standing();
    store.set('one', entry(Buffer.from('behind')));
    await until(async () => Buffer.from((await store.get('one', Date.now()))!.body).toString() === 'behind');
    t.match(await store.standing(), { entries: 1, bytes, problem: null });
  });

  await t.test('its time ends', async (t) => {
    const store = await open({ ttlMs: 300 });
    const one = entry(Buffer.from('1'));
    store.set('one', one);
    // As old as it may be, by the clock that it was kept by.
    await until(async () => (await store.get('one', Date.now())) === undefined);
    await until(() => Date.now() - one.atEpochMs > 300);
    t.equal(await store.get('one', Date.now()), undefined);
  });

  await t.test('all answers have no more room than they may; the oldest go', async (t) => {
    const store = await open({ size: 20_000 });
    for (let nth = 0; nth < 12; nth++) await kept(store, `key ${nth}`, entry(randomBytes(3_000)));
    const { entries, bytes } = await store.standing();
    t.ok(bytes <= 20_000 && entries === 4, `${entries} with ${bytes} bytes`);
    t.equal(await store.get('key 0', Date.now()), undefined);
    t.ok(await store.get('key 11', Date.now()));
  });

  await t.test('it can be cleared', async (t) => {
    const store = await open();
    for (let nth = 0; nth < 3; nth++) await kept(store, `key ${nth}`, entry(Buffer.from('x')));
    t.equal(await store.clear(), 3);
    t.match(await store.standing(), { entries: 0, bytes: 0, problem: null });
    t.equal(await store.get('key 1', Date.now()), undefined);
    t.equal(await store.clear(), 0);
    await kept(store, 'again', entry(Buffer.from('x')));
    t.match(await store.standing(), { entries: 1 });
  });
}

t.test('in memory', (t) =>
  fulfils(t, ({ size = 64 * MIB, ttlMs = LONG_MS } = {}) => new MemoryStore(size, ttlMs)),
);

t.test('on disk', (t) =>
  fulfils(t, ({ size = 64 * MIB, ttlMs = LONG_MS } = {}) => {
    const store = new DiskStore({ file: join(testFolder(t), 'cache.db'), size, ttlMs }, log());
    t.teardown(() => store.close());
    store.open();
    return store;
  }),
);

t.test('in Redis', { skip: noRedis, timeout: 300_000 }, async (t) => {
  const server = await redisServer(t);
  await fulfils(t, async (bounds) => (await redisStore(t, server, bounds)).store);

  await t.test('several have the same answers, those of another prefix do not', async (t) => {
    const [{ store: one }, { store: two }] = await Promise.all([
      redisStore(t, server, {}, 'same:'),
      redisStore(t, server, {}, 'same:'),
    ]);
    const { store: other } = await redisStore(t, server, {}, 'other:');
    await kept(one, 'key', entry(Buffer.from('of one')));
    t.equal(Buffer.from((await two.get('key', Date.now()))!.body).toString(), 'of one');
    t.equal(await other.get('key', Date.now()), undefined);
    t.equal(await two.clear(), 1);
    t.equal(await one.get('key', Date.now()), undefined);
  });

  await t.test('what has lapsed takes no room, and one that has no room takes none away', async (t) => {
    const prefix = 'lapsing:';
    const { store } = await redisStore(t, server, { ttlMs: 200, size: 20_000 }, prefix);
    const isThere = async () => (await server.ask('KEYS', `${prefix}cache:*`)).includes('answer');
    await until(async () => {
      store.set('key', entry(randomBytes(1_000)));
      return isThere();
    });
    await until(async () => !(await isThere()) && (await store.standing()).entries === 0);
    t.match(await store.standing(), { bytes: 0 });
    const { store: lasting } = await redisStore(t, server, { size: 20_000 }, prefix);
    await kept(lasting, 'small', entry(randomBytes(1_000)));
    lasting.set('large', entry(randomBytes(30_000)));
    await kept(lasting, 'next', entry(randomBytes(1_000)));
    t.ok(await lasting.get('small', Date.now()));
    t.equal(await lasting.get('large', Date.now()), undefined);
  });

  await t.test('while Redis answers nothing it is waited for once, and reported', async (t) => {
    const { store, lines } = await redisStore(t, server);
    await kept(store, 'key', entry(Buffer.from('x')));
    await frozen(server, async () => {
      t.equal(await store.get('key', Date.now()), undefined);
      const beganMs = performance.now();
      for (let nth = 0; nth < 100; nth++) t.equal(await store.get('key', Date.now()), undefined);
      t.ok(performance.now() - beganMs < 10_000, 'a hundred waits would be 50 s');
      store.set('other', entry(Buffer.from('x')));
      t.match(await store.standing(), { problem: /^Redis cannot be asked/ });
      await t.rejects(Promise.resolve(store.clear()), { code: 'store_unavailable' });
      t.match(lines, [/^cache: Redis cannot be asked .*: requests go on without kept answers/]);
    });
    await until(async () => (await store.get('key', Date.now())) !== undefined);
    t.match(lines, [/cannot be asked/, /^cache: Redis answers again/]);
    t.match(await store.standing(), { problem: null });
  });

  await t.test('after Redis was away answers are kept again', async (t) => {
    const { store, lines } = await redisStore(t, server);
    await kept(store, 'key', entry(Buffer.from('x')));
    await server.replace();
    store.set('lost', entry(Buffer.from('x')));
    await until(async () => (await store.standing()).problem === null);
    t.equal(await store.get('key', Date.now()), undefined);
    await kept(store, 'next', entry(Buffer.from('y')));
    t.ok(lines.length % 2 === 0, 'and each loss was told to be over');
  });

  await t.test('what Redis has no room for is not kept, and that is reported', async (t) => {
    const full = await redisServer(t, { maxmemory: '8mb', 'maxmemory-policy': 'noeviction' });
    const { store, lines } = await redisStore(t, full);
    for (let nth = 0; nth < 8; nth++) store.set(`key ${nth}`, entry(randomBytes(2 * MIB)));
    await until(() => lines.some((line) => line.includes('cannot be asked')));
    t.equal(await store.get('key 7', Date.now()), undefined);
  });
});
