import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startCommand } from '../command.ts';
import { upstream } from '../in-front.ts';
import { noPostgres, postgresServer, type PostgresServer } from '../postgres.ts';
import {
  startSwitchyard,
  startSwitchyardFrom,
  type Answer,
  type Ask,
  type Switchyard,
} from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import type { Received } from '../upstream/received.ts';

const skip = noPostgres;
const timeout = 180_000;
const isPost = ({ method }: Received): boolean => method === 'POST';

/** Gateways with the same PostgreSQL, and the key of an admin that all of them know. */
async function fleet(t: Test, { count = 2, config = {} as Record<string, unknown> } = {}) {
  const [postgres, lab] = await Promise.all([postgresServer(t), upstream(t, 'lab', { interval: 0 })]);
  const folder = testFolder(t, {});
  const start = async (nth: number): Promise<Switchyard> => {
    const home = join(folder, `home-${nth}`);
    mkdirSync(home, { recursive: true });
    return startSwitchyard(t, {
      home,
      store: { use: 'postgres', url: postgres.url },
      providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k' } },
      ...config,
    });
  };
  const gateways: Switchyard[] = [];
  for (let nth = 0; nth < count; nth++) gateways.push(await start(nth));
  const [first] = gateways as [Switchyard];
  const admin = await made(await first.ask('/keys', { body: { name: 'root', role: 'admin' } }));
  const manage = (gateway: Switchyard, path: string, { headers, ...ask }: Ask = {}): Promise<Answer> =>
    gateway.ask(path, { ...ask, headers: { authorization: `Bearer ${admin}`, ...headers } });
  // One that knows no key yet is open, so that its list says nothing.
  for (const gateway of gateways)
    await until(async () => (await manage(gateway, '/keys/root')).status === 200);
  return { postgres, lab, gateways, start, manage };
}

const made = async (answer: Answer): Promise<string> => (await answer.json()).key as string;

/** A key that is asked for too early would count as a wrong one. */
const knows = (manage: Managing, gateway: Switchyard, name = 'app'): Promise<void> =>
  until(async () => (await manage(gateway, `/keys/${name}`)).status === 200);

const chat = (gateway: Switchyard, key: string, body: Record<string, unknown> = {}): Promise<Answer> =>
  gateway.chat({ model: 'm', ...body }, { headers: { authorization: `Bearer ${key}` } });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

const storeOf = async (postgres: PostgresServer, gateway: Switchyard, manage: Managing) =>
  (await manage(gateway, '/health')).json().store as Record<string, unknown>;
type Managing = (gateway: Switchyard, path: string) => Promise<Answer>;

t.test(
  'a key that one gateway makes, changes and revokes holds at the others',
  { skip, timeout },
  async (t) => {
    const { gateways, manage } = await fleet(t);
    const [one, two] = gateways as [Switchyard, Switchyard];
    const key = await made(await manage(one, '/keys', { body: { name: 'app' } }));
    await knows(manage, two);
    t.equal((await chat(two, key)).status, 200);
    await manage(two, '/keys/app', { method: 'PATCH', body: { models: ['other'] } });
    await until(async () => (await chat(one, key)).status !== 200);
    await manage(one, '/keys/app', { method: 'PATCH', body: { labels: ['x'] } });
    t.match(
      (await manage(one, '/keys/app')).json(),
      { models: ['other'], labels: ['x'] },
      'of what is stored',
    );
    const next = await made(await manage(two, '/keys/app/rotate', { body: {} }));
    await until(async () => (await manage(one, '/keys/app')).json().begins === next.slice(0, 10));
    await manage(one, '/keys/app/revoke', { body: {} });
    await until(async () => (await chat(two, next)).json().error?.code === 'key_revoked');
    await manage(two, '/keys/app', { method: 'DELETE' });
    await until(async () => (await manage(one, '/keys/app')).status === 404);
  },
);

t.test('a limit that one gateway makes holds at the others', { skip, timeout }, async (t) => {
  const { gateways, manage } = await fleet(t);
  const [one, two] = gateways as [Switchyard, Switchyard];
  const key = await made(await manage(one, '/keys', { body: { name: 'app' } }));
  await manage(one, '/limits', { body: { name: 'none', where: { key: 'app' }, requests: { day: 0 } } });
  await until(async () => (await chat(two, key)).status === 429);
  await manage(two, '/limits/none', { method: 'DELETE' });
  await until(async () => (await chat(one, key)).status === 200);
});

/** What a client has seen of an answer when its first bytes came, and what it has at the end. */
async function streamed(gateway: Switchyard, key: string): Promise<{ readonly rest: Promise<string> }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  });
  return { rest: response.text() };
}

t.test(
  'revoked now at one gateway, streams at the other end with an error event',
  { skip, timeout },
  async (t) => {
    const { lab, gateways, manage } = await fleet(t);
    const [one, two] = gateways as [Switchyard, Switchyard];
    const key = await made(await manage(one, '/keys', { body: { name: 'app' } }));
    await knows(manage, two);
    lab.behave('stall-after-content');
    const { rest } = await streamed(two, key);
    t.equal(
      (await manage(one, '/keys/app/revoke', { body: { now: true } })).json().ended,
      0,
      'none ran here',
    );
    t.match(await rest, /key_revoked.*\n*$/);
  },
);

t.test(
  'revoked now at one gateway, a request at the other that has no head yet is refused',
  { skip, timeout },
  async (t) => {
    const { lab, gateways, manage } = await fleet(t);
    const [one, two] = gateways as [Switchyard, Switchyard];
    const key = await made(await manage(one, '/keys', { body: { name: 'app' } }));
    await knows(manage, two);
    const release = Promise.withResolvers<void>();
    t.teardown(() => release.resolve());
    lab.behave('slow-first-byte', { until: release.promise });
    const both = [true, false].map((stream) => chat(two, key, { stream }));
    await lab.seen(2, isPost);
    await manage(one, '/keys/app/revoke', { body: { now: true } });
    for (const answer of await Promise.all(both)) t.match(answer.json(), { error: { code: 'key_revoked' } });
  },
);

t.test(
  'revoked now and removed at one gateway before the other has heard of either, streams there end',
  { skip, timeout },
  async (t) => {
    const { postgres, lab, gateways, manage } = await fleet(t);
    const [, two] = gateways as [Switchyard, Switchyard];
    const key = await made(await manage(two, '/keys', { body: { name: 'app' } }));
    lab.behave('stall-after-content');
    const { rest } = await streamed(two, key);
    // As if it had been revoked before: no gateway ever sees that, and nothing is told.
    await postgres.ask("DELETE FROM switchyard_keys WHERE name = 'app'");
    t.match(await rest, /key_revoked.*\n*$/);
  },
);

t.test(
  'without PostgreSQL keys are those that were known, and changes of them are refused',
  { skip, timeout },
  async (t) => {
    const { postgres, gateways, manage, start } = await fleet(t);
    const [one, two] = gateways as [Switchyard, Switchyard];
    const key = await made(await manage(one, '/keys', { body: { name: 'app' } }));
    await knows(manage, two);
    t.equal((await chat(two, key)).status, 200);
    await two.close();
    await postgres.frozen(async () => {
      t.equal((await chat(one, key)).status, 200);
      const refused = await manage(one, '/keys', { body: { name: 'other' } });
      t.match(refused, { status: 503, headers: { 'retry-after': '5' } });
      t.match(refused.json(), { error: { code: 'store_unavailable' } });
      await until(async () => (await storeOf(postgres, one, manage)).problem !== null);
      t.match((await manage(one, '/metrics')).text, /^switchyard_store_up 0$/m);
    });
    await postgres.kill();
    const again = await start(1);
    t.equal((await chat(again, key)).status, 200, 'one that starts meanwhile knows them, too');
    const fresh = await start(7);
    t.match(
      (await fresh.chat()).json(),
      { error: { code: 'store_unavailable' } },
      'one that never knew any is closed',
    );
    t.equal((await fresh.ask('/health/live')).status, 200);
    t.equal((await fresh.ask('/health/ready')).status, 503);
    await postgres.start();
    await until(async () => (await chat(fresh, key)).status === 200);
    t.equal((await fresh.ask('/health/ready')).status, 200);
    await until(async () => (await storeOf(postgres, one, manage)).problem === null);
  },
);

t.test('of two gateways one leads, and the other once the first has ended', { skip, timeout }, async (t) => {
  const { postgres, gateways, manage } = await fleet(t);
  const [one, two] = gateways as [Switchyard, Switchyard];
  const leads = async (gateway: Switchyard) => (await storeOf(postgres, gateway, manage)).isLeader;
  t.same(await Promise.all([leads(one), leads(two)]), [true, false]);
  await one.close();
  await until(async () => (await leads(two)) === true);
});

t.test('the leader is killed, and another leads', { skip, timeout }, async (t) => {
  const { url } = await postgresServer(t);
  const start = async () => {
    const config = {
      server: { port: 0 },
      discover: false,
      home: testFolder(t),
      store: { use: 'postgres', url },
    };
    const command = startCommand(t, { config });
    const address = await command.url;
    const leads = async (): Promise<boolean> => {
      const answer = await fetch(`${address}/health`);
      return ((await answer.json()) as { store: { isLeader: boolean } }).store.isLeader;
    };
    return { command, leads };
  };
  const one = await start();
  const two = await start();
  t.same([await one.leads(), await two.leads()], [true, false]);
  one.command.child.kill('SIGKILL');
  await until(two.leads);
  t.pass('it has the lock');
});

t.test('a wrong store is told at the start', async (t) => {
  const started = (store: Record<string, unknown>) =>
    startSwitchyard(t, { home: testFolder(t, {}), store: { use: 'postgres', ...store } });
  await t.rejects(started({}), { code: 'config_invalid', message: /store.url: missing/ });
  await t.rejects(started({ url: 'mysql://127.0.0.1/x' }), { code: 'config_invalid', message: /store.url/ });
});

t.test('what PostgreSQL refuses is told at the start', { skip, timeout }, async (t) => {
  const { url } = await postgresServer(t);
  const store = { use: 'postgres', url: url.replace(/postgres$/, 'none') };
  await t.rejects(startSwitchyard(t, { home: testFolder(t, {}), store }), {
    code: 'config_invalid',
    message: /database "none" does not exist/,
  });
  const ca = join(testFolder(t, {}), 'no.pem');
  const tls = startSwitchyard(t, { home: testFolder(t, {}), store: { use: 'postgres', url, tls: { ca } } });
  await t.rejects(tls, { code: 'config_invalid', message: /store.tls.ca: .*no.pem/ });
});

t.test('a start that PostgreSQL refuses ends by itself', { skip, timeout }, async (t) => {
  const { url } = await postgresServer(t);
  const store = { use: 'postgres', url: url.replace('postgres@', 'stranger@') };
  const command = startCommand(t, { config: { server: { port: 0 }, home: testFolder(t, {}), store } });
  t.equal((await command.ended).code, 1);
  t.match(command.stderr, /store.url: PostgreSQL refuses: role "stranger" does not exist/);
});

t.test('another store takes a restart, which the reload says', async (t) => {
  const folder = testFolder(t, {});
  const write = (store: object): void =>
    writeFileSync(join(folder, 'switchyard.yaml'), JSON.stringify({ discover: false, home: folder, store }));
  write({});
  const gateway = await startSwitchyardFrom(t, folder);
  write({ use: 'postgres', url: 'postgres://127.0.0.1:1/x' });
  const reloaded = await gateway.ask('/config/reload', { method: 'POST' });
  t.match(reloaded.json(), { restart: ['store'] });
  t.equal((await gateway.ask('/health')).json().store, null);
});
