import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SharedStore } from '../../../../kits/store-kit/shared-store.ts';
import { KeyFile } from '../../../../plugins/auth/keys/key-file.ts';
import type { Changes, KeyStore } from '../../../../plugins/auth/keys/key-store.ts';
import { KeyTables } from '../../../../plugins/auth/keys/key-tables.ts';
import { STEPS } from '../../../../plugins/auth/keys/steps.ts';
import { newSecret, type KeyRecord } from '../../../../plugins/auth/key-record.ts';
import type { Limit } from '../../../../plugins/auth/limits/limits.ts';
import { migrate } from '../../../../kits/store-kit/migrate.ts';
import { Postgres } from '../../../../kits/store-kit/postgres.ts';
import { noPostgres, postgresServer, type PostgresServer } from '../../../postgres.ts';
import { testFolder } from '../../../test-folder.ts';

const TIMEOUT = 120_000;
/** One for all tests that do not end it. */
let common: Promise<PostgresServer> | undefined;
const database = async (): Promise<string> => (await (common ??= postgresServer(t))).database();

const log = { warn: () => undefined, info: () => undefined };

const record = (id: string, more: Partial<KeyRecord> = {}): KeyRecord => ({
  id,
  name: `name of ${id}`,
  role: 'caller',
  owner: null,
  labels: ['ä\u{1F600}'],
  models: ['*'],
  providers: ['*'],
  limits: { requests: { day: 5 } },
  createdEpochMs: 1,
  expiresEpochMs: null,
  revokedEpochMs: null,
  secrets: [newSecret().secret],
  ...more,
});
const limit = (id: string): Limit => ({ id, name: `name of ${id}`, from: 'api', requests: { day: 1 } });

/** Opens the same store again and again, as gateways that are started one after the other do. */
type Open = () => Promise<KeyStore>;

async function ofFile(t: Test): Promise<Open> {
  const file = join(testFolder(t, {}), 'keys.db');
  return async () => {
    const store = new KeyFile(file);
    t.teardown(() => store.close());
    return store;
  };
}

async function ofTables(t: Test, own?: PostgresServer): Promise<Open> {
  const url = own?.url ?? (await database());
  const folder = testFolder(t, {});
  let count = 0;
  return async () => {
    const shared = await SharedStore.open({ settings: { url, pool: 2 }, log });
    const home = join(folder, String(count++));
    const [before, copy] = ['keys.db', 'copy.db'].map((name) => new KeyFile(join(home, name))) as [
      KeyFile,
      KeyFile,
    ];
    const store = new KeyTables({ store: shared, before, copy, log });
    t.teardown(async () => {
      await store.close();
      await shared.close();
    });
    return store;
  };
}

const stores = { 'a file': [ofFile, false], PostgreSQL: [ofTables, noPostgres] } as const;

for (const [name, [opening, skip]] of Object.entries(stores)) {
  t.test(
    `${name}: what is added is read by the next gateway as it was`,
    { skip, timeout: TIMEOUT },
    async (t) => {
      const open = await opening(t);
      const store = await open();
      t.same(await store.read(), { keys: [], limits: [] }, 'nothing at first');
      const [one, other] = [record('one'), record('other', { revokedEpochMs: 7, endsRunning: true })];
      await store.add('keys', one);
      await store.add('keys', other);
      await store.add('limits', limit('l'));
      await store.saveActivities(new Map([['one', 123]]));
      const read = await (await open()).read();
      t.same(read?.keys, [
        { record: one, usedEpochMs: 123 },
        { record: other, usedEpochMs: null },
      ]);
      t.same(read?.limits, [limit('l')]);
    },
  );

  t.test(
    `${name}: a change is of what is stored, and what is removed is gone`,
    { skip, timeout: TIMEOUT },
    async (t) => {
      const open = await opening(t);
      const [one, two] = [await open(), await open()];
      await one.read();
      await one.add('keys', record('k'));
      await two.read();
      await one.change('keys', 'k', (stored) => ({ ...stored, revokedEpochMs: 9 }));
      const both = await two.change('keys', 'k', (stored) => ({ ...stored, labels: ['new'] }));
      t.match(both, { revokedEpochMs: 9, labels: ['new'] }, 'a key that was revoked elsewhere stays so');
      await one.add('limits', limit('l'));
      await two.remove('limits', 'l');
      await two.remove('keys', 'k');
      t.equal(await one.change('keys', 'k', (stored) => stored), undefined);
      t.equal(await one.change('limits', 'l', (stored) => stored), undefined);
      t.same(await (await open()).read(), { keys: [], limits: [] });
    },
  );
}

t.test(
  'PostgreSQL: no two gateways make a key of the same name',
  { skip: noPostgres, timeout: TIMEOUT },
  async (t) => {
    const open = await ofTables(t);
    const all = await Promise.all([open(), open(), open()]);
    await Promise.all(all.map((store) => store.read()));
    const made = await Promise.allSettled(
      all.map((store, nth) => store.add('keys', record(`k${nth}`, { name: 'app' }))),
    );
    t.equal(made.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const one of made) if (one.status === 'rejected') t.match(one.reason, { code: 'action_conflict' });
  },
);

t.test(
  'PostgreSQL: what one gateway changes the others hear',
  { skip: noPostgres, timeout: TIMEOUT },
  async (t) => {
    const open = await ofTables(t);
    const [one, two] = [await open(), await open()];
    await one.read();
    await two.read();
    const heard: Changes[] = [];
    let told = Promise.withResolvers<void>();
    two.onChange((changes) => {
      heard.push(changes);
      told.resolve();
    });
    const next = async (work: () => Promise<unknown>): Promise<Changes> => {
      told = Promise.withResolvers();
      await work();
      await told.promise;
      return heard.at(-1) as Changes;
    };
    t.match(await next(() => one.add('keys', record('k'))), { keys: [{ record: { id: 'k' } }] });
    const changed = await next(() => one.change('keys', 'k', (stored) => ({ ...stored, labels: ['x'] })));
    t.match(changed, { keys: [{ record: { labels: ['x'] } }], limits: [], removed: { keys: [] } });
    t.match(await next(() => one.add('limits', limit('l'))), { keys: [], limits: [{ id: 'l' }] });
    t.match(await next(() => one.remove('keys', 'k')), { keys: [], removed: { keys: ['k'], limits: [] } });
  },
);

t.test(
  'PostgreSQL: what was changed while nothing could be heard is told afterwards',
  { skip: noPostgres, timeout: TIMEOUT },
  async (t) => {
    const server = await postgresServer(t);
    const open = await ofTables(t, server);
    const store = await open();
    await store.read();
    await store.add('keys', record('old'));
    await store.add('keys', record('kept'));
    await server.kill();
    await server.start();
    const heard = Promise.withResolvers<Changes>();
    store.onChange((changes) => void (changes.removed.keys.includes('old') && heard.resolve(changes)));
    await server.ask(`DELETE FROM switchyard_keys WHERE id = 'old'`);
    t.match((await heard.promise).removed, { keys: ['old'] }, 'not even a notification was sent');
  },
);

t.test(
  'PostgreSQL: a gateway that starts without it has the keys that it knew',
  { skip: noPostgres, timeout: TIMEOUT },
  async (t) => {
    const server = await postgresServer(t);
    const home = testFolder(t, {});
    const opened = async () => {
      const shared = await SharedStore.open({ settings: { url: server.url, pool: 2 }, log });
      const [before, copy] = ['keys.db', 'copy.db'].map((name) => new KeyFile(join(home, name))) as [
        KeyFile,
        KeyFile,
      ];
      const store = new KeyTables({ store: shared, before, copy, log });
      const close = async () => {
        await store.close();
        await shared.close();
      };
      return { store, close };
    };
    const first = await opened();
    await first.store.read();
    const kept = new Promise<void>((resolve) => first.store.onChange(() => resolve()));
    await first.store.add('keys', record('k'));
    await kept;
    await first.close();
    await server.kill();
    const second = await opened();
    t.teardown(second.close);
    t.match(await second.store.read(), { keys: [{ record: { id: 'k' } }] });
    await t.rejects(second.store.add('keys', record('new')), { code: 'store_unavailable' });
    const heard = new Promise<Changes>((resolve) => second.store.onChange(resolve));
    await server.start();
    await server.ask(`UPDATE switchyard_keys SET data = replace(data, 'caller', 'viewer')`);
    t.match(await heard, { keys: [{ record: { id: 'k' } }] });
  },
);

t.test(
  'PostgreSQL: an empty one takes over the keys of the file, from one gateway',
  { skip: noPostgres, timeout: TIMEOUT },
  async (t) => {
    const url = await database();
    const folder = testFolder(t, {});
    const read = async (name: string) => {
      const before = new KeyFile(join(folder, name, 'keys.db'));
      await before.add('keys', record(name));
      await before.add('limits', limit(name));
      const shared = await SharedStore.open({ settings: { url, pool: 2 }, log });
      const copy = new KeyFile(join(folder, name, 'copy.db'));
      const store = new KeyTables({ store: shared, before, copy, log });
      t.teardown(async () => {
        await store.close();
        await shared.close();
      });
      return store.read();
    };
    const all = await Promise.all(['a', 'b', 'c'].map(read));
    for (const one of all) {
      t.equal(one?.keys.length, 1);
      t.same(one, all[0], 'the same at all gateways');
    }
  },
);

t.test(
  'PostgreSQL: each version of the tables is brought to this one',
  { skip: noPostgres, timeout: TIMEOUT },
  async (t) => {
    const { url } = await postgresServer(t);
    const postgres = await Postgres.open({ url, pool: 1 });
    t.teardown(() => postgres.close());
    for (let from = 0; from <= STEPS.length; from++) {
      await migrate(postgres, 'keys', STEPS, from);
      t.equal(await migrate(postgres, 'keys', STEPS), STEPS.length);
      await migrate(postgres, 'keys', STEPS, 0);
      t.same(await postgres.query(`SELECT tablename FROM pg_tables WHERE tablename LIKE 'switchyard_%'`), [
        { tablename: 'switchyard_versions' },
      ]);
    }
  },
);
