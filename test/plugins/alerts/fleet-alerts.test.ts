import t, { type Test } from 'tap';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCommand } from '../../command.ts';
import { until } from '../../fleet.ts';
import { upstream } from '../../in-front.ts';
import { noPostgres, postgresServer, type PostgresServer } from '../../postgres.ts';
import { noRedis, redisServer } from '../../redis.ts';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { Inbox } from '../../inbox.ts';

const timeout = 180_000;
/** A dollar for each token of an answer: the fake upstream counts 8. */
const DEAR = { input: 0, output: 1_000_000 };

interface Parts {
  readonly postgres?: PostgresServer;
  readonly config?: Record<string, unknown>;
}

/** The config of gateways that count money together, and the webhook that they tell. */
async function parts(t: Test, { postgres, config = {} }: Parts) {
  const [redis, lab, inbox] = await Promise.all([
    redisServer(t),
    upstream(t, 'lab', { interval: 0 }),
    Inbox.open(t),
  ]);
  const folder = testFolder(t);
  const configOf = (nth: number) => {
    const home = join(folder, `home-${nth}`);
    mkdirSync(home, { recursive: true });
    return {
      home,
      shared: { use: 'redis', url: redis.url },
      ...(postgres && { store: { use: 'postgres', url: postgres.url } }),
      providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
      auth: { prices: { m: DEAR }, limits: { all: { dollars: { total: 100 } } } },
      alerts: { webhooks: [{ url: inbox.url }], retry: { first: '50ms', most: '100ms', tries: 20 } },
      ...config,
    };
  };
  return { redis, lab, inbox, configOf };
}

/** Of the budget's alerts that were delivered. */
const shares = (inbox: Inbox): number[] =>
  inbox
    .of('budget')
    .filter(({ status }) => status === 200)
    .map(({ json }) => json.details.percent as number);

/** What is under way has had its chance to come: an alert that is told after it is there. */
async function settled(inbox: Inbox, spend: () => Promise<unknown>): Promise<void> {
  await spend();
  await until(() => shares(inbox).includes(100));
}

/** Both spend in turns, so that each sees every share reached. */
async function spent(gateways: readonly Switchyard[], count: number): Promise<void> {
  for (let nth = 0; nth < count; nth++) await gateways[nth % gateways.length]!.chat({ max_tokens: 4 });
}

for (const [name, skip] of [
  ['PostgreSQL', noPostgres || noRedis],
  ['Redis', noRedis],
] as const)
  t.test(`a budget that two gateways spend is told once, by ${name}`, { skip, timeout }, async (t) => {
    const postgres = name === 'PostgreSQL' ? await postgresServer(t) : undefined;
    const { inbox, configOf } = await parts(t, { ...(postgres && { postgres }) });
    const gateways = [await startSwitchyard(t, configOf(0)), await startSwitchyard(t, configOf(1))];
    await spent(gateways, 12);
    const all = () => Promise.all(gateways.map((gateway) => gateway.chat({ max_tokens: 8 })));
    await settled(inbox, all);
    await all();
    t.strictSame(shares(inbox), [50, 80, 100]);
    if (postgres)
      await until(async () => (await postgres.ask('SELECT * FROM switchyard_alerts_due')).length === 0);
  });

t.test(
  'a circuit that opens for all gateways is told once, and that it is closed once',
  { skip: noPostgres || noRedis, timeout },
  async (t) => {
    const postgres = await postgresServer(t);
    const { inbox, lab, configOf } = await parts(t, {
      postgres,
      config: {
        breaker: { failures: 1, first: '1s', longest: '1s', look: 0 },
        retry: { again: 0, attempts: 1 },
        auth: {},
      },
    });
    const gateways = [await startSwitchyard(t, configOf(0)), await startSwitchyard(t, configOf(1))];
    lab.behave('status-500');
    await Promise.all(gateways.map((gateway) => gateway.chat()));
    await inbox.seen('circuit_open');
    lab.behave('ok');
    await until(async () => {
      for (const gateway of gateways) await gateway.chat();
      return inbox.of('circuit_closed').length > 0;
    });
    t.equal(inbox.of('circuit_open').length, 1);
    t.equal(inbox.of('circuit_closed').length, 1);
  },
);

t.test(
  'the leader is killed while its webhook answers nothing, and the next one delivers, once',
  { skip: noPostgres || noRedis, timeout },
  async (t) => {
    const postgres = await postgresServer(t);
    const { inbox, configOf } = await parts(t, { postgres });
    const leader = startCommand(t, { config: { server: { port: 0 }, discover: false, ...configOf(0) } });
    const url = await leader.url;
    await until(async () => {
      const health = (await (await fetch(`${url}/health`)).json()) as { store: { isLeader: boolean } };
      return health.store.isLeader;
    });
    const other = await startSwitchyard(t, configOf(1));
    inbox.statuses = Array.from({ length: 10_000 }, () => 503);
    await spent([other], 7);
    await inbox.seen('budget', 2);
    leader.child.kill('SIGKILL');
    await until(async () => (await other.ask('/health')).json().store.isLeader);
    inbox.statuses = [];
    await until(async () => (await postgres.ask('SELECT * FROM switchyard_alerts_due')).length === 0);
    await settled(inbox, () => other.chat({ max_tokens: 80 }));
    t.strictSame(shares(inbox), [50, 100], 'what was not delivered, and what came next');
    const ids = inbox.of('budget').filter(({ json }) => json.details.percent === 50);
    t.equal(new Set(ids.map(({ headers }) => headers['x-switchyard-alert'])).size, 1, 'of either gateway');
  },
);

t.test(
  'while PostgreSQL cannot be asked a gateway delivers what it finds',
  { skip: noPostgres || noRedis, timeout },
  async (t) => {
    const postgres = await postgresServer(t);
    const { inbox, configOf } = await parts(t, {
      postgres,
      config: { server: { apiKeys: ['key-number-one'] } },
    });
    const gateway = await startSwitchyard(t, configOf(0));
    const headers = { authorization: 'Bearer key-number-one' };
    await postgres.kill();
    for (let nth = 0; nth < 7; nth++)
      t.equal((await gateway.chat({ max_tokens: 4 }, { headers })).status, 200);
    await inbox.seen('budget');
    t.strictSame(shares(inbox), [50]);
  },
);
