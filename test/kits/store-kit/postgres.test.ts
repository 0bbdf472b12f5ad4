import { readdirSync } from 'node:fs';
import t from 'tap';
import { migrate, type Step } from '../../../kits/store-kit/migrate.ts';
import { Postgres } from '../../../kits/store-kit/postgres.ts';
import { isRefused } from '../../../kits/store-kit/refusal.ts';
import { noPostgres, postgresServer } from '../../postgres.ts';

const skip = noPostgres;
/** each connection holds a file of this process */
const files = (): number => readdirSync('/proc/self/fd').length;

const steps: readonly Step[] = [
  { up: 'CREATE TABLE one (a TEXT NOT NULL)', down: 'DROP TABLE one' },
  { up: 'ALTER TABLE one ADD COLUMN b BIGINT NOT NULL DEFAULT 7', down: 'ALTER TABLE one DROP COLUMN b' },
  { up: 'ALTER TABLE one RENAME COLUMN a TO c', down: 'ALTER TABLE one RENAME COLUMN c TO a', breaks: true },
];

t.test(
  'a question fails where PostgreSQL does not answer, and is answered afterwards',
  { skip },
  async (t) => {
    const server = await postgresServer(t);
    const postgres = await Postgres.open({ url: server.url, pool: 2 });
    t.teardown(() => postgres.close());
    t.same(await postgres.query('SELECT 9007199254740991::bigint AS n, $1::text AS text', ['ä\u{1F600}']), [
      { n: 9007199254740991, text: 'ä\u{1F600}' },
    ]);
    const before = files();
    await server.frozen(async () => {
      for (let nth = 0; nth < 3; nth++) await t.rejects(postgres.query('SELECT 1'));
    });
    t.same(await postgres.query('SELECT 1 AS n'), [{ n: 1 }]);
    while (files() > before + 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await server.kill();
    await t.rejects(postgres.query('SELECT 1'));
    await server.start();
    t.same(await postgres.query('SELECT 1 AS n'), [{ n: 1 }]);
  },
);

t.test(
  'a transaction is whole or not there, and a refusal is no loss',
  { skip, timeout: 300_000 },
  async (t) => {
    const server = await postgresServer(t);
    const postgres = await Postgres.open({ url: server.url, pool: 1 });
    t.teardown(() => postgres.close());
    await postgres.query('CREATE TABLE a (n INTEGER PRIMARY KEY)');
    const twice = postgres.within(async (ask) => {
      await ask('INSERT INTO a VALUES ($1)', [1]);
      await ask('INSERT INTO a VALUES ($1)', [1]);
    });
    const error: unknown = await twice.catch((thrown: unknown) => thrown);
    t.ok(isRefused(error));
    t.same(await postgres.query('SELECT * FROM a'), []);
  },
);

t.test(
  'tables go forward and back through all versions, whichever they were of',
  { skip, timeout: 300_000 },
  async (t) => {
    const server = await postgresServer(t);
    const postgres = await Postgres.open({ url: server.url, pool: 1 });
    t.teardown(() => postgres.close());
    for (const from of [0, 1, 2, 3]) {
      t.equal(await migrate(postgres, 'test', steps, from), from);
      if (from > 0) await postgres.query(`INSERT INTO one VALUES ('from ${from}')`);
      t.equal(await migrate(postgres, 'test', steps), 3);
      if (from > 0) t.match(await postgres.query('SELECT c, b FROM one'), [{ b: 7 }]);
      t.equal(await migrate(postgres, 'test', steps, 0), 0);
      await t.rejects(postgres.query('SELECT 1 FROM one'), { code: '42P01' });
    }
  },
);

t.test(
  'an older gateway works with tables that have more, and says where it cannot',
  { skip, timeout: 300_000 },
  async (t) => {
    const server = await postgresServer(t);
    const postgres = await Postgres.open({ url: server.url, pool: 1 });
    t.teardown(() => postgres.close());
    await migrate(postgres, 'test', steps.slice(0, 2));
    t.equal(await migrate(postgres, 'test', steps.slice(0, 1)), 2, 'it leaves what was added');
    await migrate(postgres, 'test', steps);
    const older = migrate(postgres, 'test', steps.slice(0, 2));
    await t.rejects(older, {
      message: /of version 3, and this gateway knows 2: start the newer gateway again/,
    });
    await migrate(postgres, 'test', steps, 2);
    t.equal(await migrate(postgres, 'test', steps.slice(0, 2)), 2);
  },
);

t.test('gateways that start at once migrate once', { skip, timeout: 300_000 }, async (t) => {
  const server = await postgresServer(t);
  const all = await Promise.all(Array.from({ length: 3 }, () => Postgres.open({ url: server.url, pool: 1 })));
  t.teardown(() => Promise.all(all.map((one) => one.close())));
  t.same(await Promise.all(all.map((one) => migrate(one, 'test', steps))), [3, 3, 3]);
});

t.test('a password that is changed is told, and asked again', { skip, timeout: 300_000 }, async (t) => {
  const server = await postgresServer(t);
  await server.ask(`CREATE ROLE app LOGIN PASSWORD 'one'`);
  await server.wantsPassword('app');
  const url = (user: string): string => server.url.replace('postgres@', `${user}@`);
  const postgres = await Postgres.open({ url: url('app:one'), pool: 1 });
  t.teardown(() => postgres.close());
  await server.ask(`ALTER ROLE app PASSWORD 'two'`);
  const refused: unknown = await postgres.query('SELECT 1').catch((error: unknown) => error);
  t.match(refused, { message: /password authentication failed for user "app"/ });
  t.ok(isRefused(refused));
  await server.ask(`ALTER ROLE app PASSWORD 'one'`);
  t.same(await postgres.query('SELECT 1 AS n'), [{ n: 1 }]);
  const without = await Postgres.open({ url: url('app'), pool: 1 });
  t.teardown(() => without.close());
  const unasked: unknown = await without.query('SELECT 1').catch((error: unknown) => error);
  t.match(unasked, { message: /wants a password, and store\.url has none/ });
  t.ok(isRefused(unasked));
});
