import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Postgres, type Ask } from '../../../kits/store-kit/postgres.ts';
import { isRefused } from '../../../kits/store-kit/refusal.ts';
import { noPostgres, postgresServer, type PostgresServer } from '../../postgres.ts';

const skip = noPostgres;
const timeout = 300_000;
const OTHERS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND query NOT LIKE '%terminate%'`;

async function opened(t: Test, { url }: Pick<PostgresServer, 'url'>, pool = 4): Promise<Postgres> {
  const postgres = await Postgres.open({ url, pool });
  t.teardown(() => postgres.close());
  return postgres;
}

/** Writes pairs, several at once, until it is told to end. */
class Pairs {
  readonly written: number[] = [];
  readonly failed: number[] = [];
  readonly #postgres: Postgres;
  readonly #running: Promise<unknown>;
  #nth = 0;
  #isOver = false;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
    this.#running = Promise.all(Array.from({ length: 6 }, () => this.#run()));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const nth = this.#nth++;
      const work = async (ask: Ask): Promise<void> => {
        await ask('INSERT INTO one VALUES ($1)', [nth]);
        await ask('INSERT INTO two VALUES ($1)', [nth]);
      };
      const isWritten = await this.#postgres.within(work).then(
        () => true,
        () => false,
      );
      (isWritten ? this.written : this.failed).push(nth);
      if (!isWritten) await sleep(1);
    }
  }
}

/** One table never has what the other has not, and both have all that was said to be written. */
async function areWhole(t: Test, server: PostgresServer, { written, failed }: Pairs): Promise<void> {
  const [one, two] = await Promise.all(
    ['one', 'two'].map(async (table) =>
      (await server.ask(`SELECT n FROM ${table} ORDER BY n`)).map(({ n }) => n as number),
    ),
  );
  t.same(one, two, 'no half of a transaction is there');
  const there = new Set(one);
  t.same(
    written.filter((nth) => !there.has(nth)),
    [],
    'all that was written is there',
  );
  t.ok(failed.length > 0, 'some failed');
}

t.test(
  'transactions whose connections die at any moment are whole or not there',
  { skip, timeout },
  async (t) => {
    const server = await postgresServer(t);
    const [postgres, operator] = [await opened(t, server), await opened(t, server, 1)];
    await postgres.query(
      'CREATE TABLE one (n INTEGER PRIMARY KEY); CREATE TABLE two (n INTEGER PRIMARY KEY)',
    );
    const pairs = new Pairs(postgres);
    for (let nth = 0; nth < 150; nth++) {
      const before = pairs.written.length;
      await operator.query(OTHERS);
      while (pairs.written.length === before) await sleep(nth % 5);
    }
    await pairs.end();
    await areWhole(t, server, pairs);
  },
);

t.test(
  'transactions whose server dies or stands still are whole or not there',
  { skip, timeout },
  async (t) => {
    const server = await postgresServer(t);
    const postgres = await opened(t, server);
    await postgres.query(
      'CREATE TABLE one (n INTEGER PRIMARY KEY); CREATE TABLE two (n INTEGER PRIMARY KEY)',
    );
    const pairs = new Pairs(postgres);
    const goesOn = async (): Promise<void> => {
      const before = pairs.written.length;
      while (pairs.written.length < before + 10) await sleep(5);
    };
    for (let nth = 0; nth < 3; nth++) {
      await goesOn();
      await server.kill();
      await server.start();
    }
    await goesOn();
    const before = pairs.failed.length;
    await server.frozen(async () => {
      while (pairs.failed.length < before + 6) await sleep(20);
    });
    await goesOn();
    await pairs.end();
    await areWhole(t, server, pairs);
  },
);

t.test(
  'a connection that dies between two questions of a transaction ends it',
  { skip, timeout },
  async (t) => {
    const server = await postgresServer(t);
    const postgres = await opened(t, server, 1);
    await postgres.query('CREATE TABLE one (n INTEGER)');
    const transaction = postgres.within(async (ask) => {
      await ask('INSERT INTO one VALUES (1)');
      await server.ask(OTHERS);
      await ask('INSERT INTO one VALUES (2)');
    });
    await t.rejects(transaction, /terminating connection due to administrator command/);
    t.same(await postgres.query('SELECT n FROM one'), []);
  },
);

t.test('a transaction that stands still is ended, and holds nothing', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const postgres = await opened(t, server, 2);
  await postgres.query('CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (1)');
  const late = Promise.withResolvers<void>();
  const still = postgres.within(async (ask) => {
    await ask('UPDATE one SET n = 2');
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    await ask('UPDATE one SET n = 3').then(() => late.resolve(), late.reject);
  });
  const slow = postgres.query('SELECT pg_sleep(60)');
  const waiting = postgres.query('SELECT 1');
  await Promise.all([
    t.rejects(still, /does not answer/),
    t.rejects(slow, /does not answer/),
    t.rejects(waiting, /no connection was free/),
  ]);
  t.same(await postgres.query('UPDATE one SET n = n + 10 RETURNING n'), [{ n: 11 }]);
  await t.rejects(late.promise);
  t.same(await postgres.query('SELECT n FROM one'), [{ n: 11 }]);
});

t.test('a transaction goes on after no error, and after its end', { skip, timeout }, async (t) => {
  const postgres = await opened(t, await postgresServer(t), 1);
  await postgres.query('CREATE TABLE one (n INTEGER PRIMARY KEY)');
  const swallowed = postgres.within(async (ask) => {
    await ask('INSERT INTO one VALUES (1)');
    await ask('INSERT INTO one VALUES (1)').catch(() => undefined);
  });
  await t.rejects(swallowed, /nothing was written/);
  let kept: Ask | undefined;
  await postgres.within(async (ask) => void (kept = ask));
  await t.rejects(kept!('INSERT INTO one VALUES (2)'), /has ended/);
  t.same(await postgres.query('SELECT n FROM one'), []);
});

t.test('it closes in a moment, whatever runs, and whether it is answered', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const still = await opened(t, server, 2);
  await still.query('SELECT 1');
  const asleep = t.rejects(still.query('SELECT pg_sleep(60)'), /was closed/);
  const never = t.rejects(
    still.within(() => new Promise(() => undefined)),
    /was closed/,
  );
  await still.close();
  await Promise.all([asleep, never]);
  const [answered, asked] = [await opened(t, server), await opened(t, server)];
  const last = answered.query('SELECT 1 AS n');
  await answered.close();
  t.same(await last, [{ n: 1 }]);
  await asked.query('SELECT 1');
  await server.frozen(async () => {
    const connecting = await opened(t, server);
    const lost = [asked, connecting].map((postgres) => t.rejects(postgres.query('SELECT 1'), /was closed/));
    await Promise.all([asked.close(), connecting.close(), ...lost]);
  });
  await t.rejects(asked.query('SELECT 1'), /was closed/);
});

t.test('a server that takes no more clients is asked again', { skip, timeout }, async (t) => {
  const server = await postgresServer(t, { max_connections: 3, superuser_reserved_connections: 0 });
  const others = await opened(t, server, 3);
  const hold = Promise.withResolvers<void>();
  const all = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  // Those of the test's own connection end in a moment.
  const holding = (one: PromiseWithResolvers<void>): Promise<void> => {
    const work = async (ask: Ask): Promise<void> => {
      await ask('SELECT 1');
      one.resolve();
      await hold.promise;
    };
    return others.within(work).catch(() => holding(one));
  };
  const held = all.map(holding);
  await Promise.all(all.map(({ promise }) => promise));
  const postgres = await opened(t, server, 1);
  const full: unknown = await postgres.query('SELECT 1').catch((error: unknown) => error);
  t.match(full, { code: '53300' });
  t.notOk(isRefused(full));
  hold.resolve();
  await Promise.all(held);
  await others.close();
  while ((await postgres.query('SELECT 1').catch(() => [])).length === 0) await sleep(20);
  t.pass('it is answered again');
});

t.test('the host that takes writes is found, also when it changes', { skip, timeout }, async (t) => {
  const servers = [await postgresServer(t), await postgresServer(t)] as const;
  const [first, second] = servers.map(({ url }) => new URL(url).host) as [string, string];
  const turn = async (server: PostgresServer, setting: 'on' | 'off'): Promise<void> => {
    await server.ask(`ALTER SYSTEM SET default_transaction_read_only = ${setting}`);
    await server.ask('SELECT pg_reload_conf()');
    const name = 'default_transaction_read_only';
    while ((await server.ask(`SHOW ${name}`))[0]?.[name] !== setting) await sleep(10);
  };
  for (const server of servers) await server.ask('CREATE TABLE one (n INTEGER)');
  await turn(servers[1], 'on');
  const postgres = await opened(t, { url: `postgres://postgres@${first},${second}/postgres` }, 2);
  await postgres.query('INSERT INTO one VALUES (1)');
  await turn(servers[0], 'on');
  await turn(servers[1], 'off');
  while (!(await postgres.query('INSERT INTO one VALUES (2) RETURNING n').catch(() => [])).length)
    await sleep(20);
  t.same(await servers[0].ask('SELECT n FROM one'), [{ n: 1 }]);
  t.same(await servers[1].ask('SELECT n FROM one'), [{ n: 2 }]);
  await turn(servers[0], 'off');
  await servers[1].kill();
  while (!(await postgres.query('INSERT INTO one VALUES (3) RETURNING n').catch(() => [])).length)
    await sleep(20);
  t.same(await servers[0].ask('SELECT n FROM one'), [{ n: 1 }, { n: 3 }]);
});

t.test('a listener is notified of the end of its own connection alone', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const url = server.url.replace('127.0.0.1', '127.0.0.1:1,127.0.0.1');
  const [heard, closed] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  let isClosed = false;
  const listener = await Postgres.open(
    { url, pool: 1 },
    {
      notified: (topic, text) => heard.resolve(`${topic}: ${text}`),
      closed: () => {
        isClosed = true;
        closed.resolve();
      },
    },
  );
  t.teardown(() => listener.close());
  await listener.query('LISTEN news');
  await server.ask(`SELECT pg_notify('news', 'all is well')`);
  t.equal(await heard.promise, 'news: all is well');
  t.notOk(isClosed, 'the host before was never connected');
  await server.ask(OTHERS);
  await closed.promise;
});
