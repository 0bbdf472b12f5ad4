import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { noPostgres, postgresServer, type PostgresServer } from '../../postgres.ts';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { upstream } from '../../in-front.ts';

const skip = noPostgres;
const timeout = 180_000;

interface Standing {
  readonly problem: string | null;
  readonly waiting: Readonly<Record<string, { readonly bytes: number; readonly lost: number }>>;
}

/** A gateway that keeps in this PostgreSQL what lasts. */
async function started(t: Test, url: string): Promise<Switchyard> {
  const lab = await upstream(t, 'lab', { interval: 0 });
  return startSwitchyard(t, {
    home: join(testFolder(t, {}), 'home'),
    history: {},
    store: { use: 'postgres', url },
    providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k' } },
  });
}

const standing = async (gateway: Switchyard): Promise<Standing> =>
  (await gateway.ask('/health')).json().store as Standing;

async function until(gateway: Switchyard, holds: (standing: Standing) => boolean): Promise<void> {
  while (!holds(await standing(gateway))) await sleep(20);
}

const isEmpty = ({ waiting }: Standing): boolean => Object.values(waiting).every(({ bytes }) => bytes === 0);
const ENDED = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`;

async function withRole(t: Test): Promise<{ readonly server: PostgresServer; readonly url: string }> {
  const server = await postgresServer(t);
  await server.ask(`CREATE ROLE app LOGIN PASSWORD 'one'`);
  await server.ask('GRANT CREATE ON SCHEMA public TO app');
  await server.wantsPassword('app');
  return { server, url: server.url.replace('postgres@', 'app:one@') };
}

t.test('a password that has changed is told, and nothing is lost', { skip, timeout }, async (t) => {
  const { server, url } = await withRole(t);
  const gateway = await started(t, url);
  await until(gateway, ({ problem }) => problem === null);
  await server.ask(`ALTER ROLE app PASSWORD 'two'`);
  await server.ask(ENDED);
  await until(gateway, ({ problem }) =>
    /password authentication failed for user "app"/.test(String(problem)),
  );
  t.equal((await gateway.chat({ model: 'm' })).status, 200, 'requests go on');
  await until(gateway, (now) => !isEmpty(now));
  await server.ask(`ALTER ROLE app PASSWORD 'one'`);
  await until(gateway, (now) => now.problem === null && isEmpty(now));
  t.equal((await server.ask('SELECT data FROM switchyard_requests')).length, 1);
});

t.test('what finds no connection free waits, and nothing is lost', { skip, timeout }, async (t) => {
  const { server, url } = await withRole(t);
  await server.ask('ALTER ROLE app CONNECTION LIMIT 2');
  const gateway = await started(t, url);
  for (let nth = 0; nth < 5; nth++) t.equal((await gateway.chat({ model: 'm' })).status, 200);
  await until(gateway, (now) => now.problem === null && !isEmpty(now));
  await server.ask('ALTER ROLE app CONNECTION LIMIT -1');
  const written = async (): Promise<unknown> => {
    const rows = await server.ask('SELECT sum(count) AS n FROM switchyard_requests').catch(() => []);
    return rows[0]?.n;
  };
  while ((await written()) !== 5) await sleep(50);
  await until(gateway, isEmpty);
});
