import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startCommand } from '../../../../command.ts';
import { upstream } from '../../../../in-front.ts';
import { noRedis, redisServer, type RedisServer } from '../../../../redis.ts';
import { startSwitchyard, type Switchyard } from '../../../../switchyard.ts';
import { testFolder } from '../../../../test-folder.ts';
import type { Received } from '../../../../upstream/received.ts';
import type { Upstream } from '../../../../upstream/upstream.ts';

const skip = noRedis;
const isPost = ({ method }: Received): boolean => method === 'POST';

const configOf = (redis: RedisServer, lab: Upstream, limit: object) => ({
  providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
  shared: { use: 'redis', url: redis.url },
  auth: { limits: { all: limit } },
});

/** Gateways that share a limit, and their upstream. */
async function fleet(t: Test, limit: object, { count = 3, dates = [] as (() => number)[] } = {}) {
  const [redis, lab] = await Promise.all([redisServer(t), upstream(t, 'lab', { interval: 0 })]);
  const folder = testFolder(t);
  const gateways: Switchyard[] = [];
  for (let nth = 0; nth < count; nth++) {
    const home = join(folder, `home-${nth}`);
    mkdirSync(home);
    const date = dates[nth];
    const injected = date ? { date } : {};
    gateways.push(await startSwitchyard(t, { ...configOf(redis, lab, limit), home }, injected));
  }
  const posts = (): number => lab.requests.filter(isPost).length;
  return { redis, lab, gateways, posts };
}

const statusOf = async (gateway: Switchyard): Promise<number> => (await gateway.chat()).status;

/** How much the first limit says is used. */
async function usedAt(gateway: Switchyard): Promise<number> {
  const [all] = (await gateway.ask('/limits')).json().data;
  return all.used[0]?.used;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

/** It still listens, but answers nothing. */
async function frozen(redis: RedisServer, work: () => Promise<void>): Promise<void> {
  redis.process.kill('SIGSTOP');
  try {
    await work();
  } finally {
    redis.process.kill('SIGCONT');
  }
}

t.test(
  'of 3,000 requests to three gateways at once exactly 1,000 pass a limit of 1,000',
  { skip, timeout: 300_000 },
  async (t) => {
    const burst = async () => {
      const { gateways, posts } = await fleet(t, { requests: { total: 1_000 } });
      const statuses: number[] = [];
      const asker = async (gateway: Switchyard): Promise<void> => {
        for (let nth = 0; nth < 20; nth++) statuses.push(await statusOf(gateway));
      };
      await Promise.all(gateways.flatMap((gateway) => Array.from({ length: 50 }, () => asker(gateway))));
      return { gateways, posts, statuses };
    };
    let burstOf = await burst();
    // A Redis that gets no processor for half a second counts as lost: then each gateway has its share of what it knew to be left.
    const wasAlone = ({ log }: Switchyard): boolean => log.join('').includes('Redis cannot be asked');
    while (burstOf.gateways.some(wasAlone)) burstOf = await burst();
    const { gateways, posts, statuses } = burstOf;
    t.equal(statuses.filter((status) => status === 200).length, 1_000);
    t.equal(statuses.filter((status) => status === 429).length, 2_000);
    t.equal(posts(), 1_000);
    for (const gateway of gateways)
      t.match((await gateway.chat()).headers, { 'x-ratelimit-remaining-requests': '0' });
  },
);

t.test(
  'requests at once are counted together, and those of a gateway that is gone no longer',
  { skip, timeout: 300_000 },
  async (t) => {
    const { redis, lab, gateways } = await fleet(t, { concurrency: 2 }, { count: 2 });
    const command = startCommand(t, {
      config: {
        server: { port: 0 },
        discover: false,
        home: testFolder(t),
        ...configOf(redis, lab, { concurrency: 2 }),
      },
    });
    const url = await command.url;
    const release = Promise.withResolvers<void>();
    t.teardown(() => release.resolve());
    lab.behave('slow-first-byte', { until: release.promise });
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
    const headers = { 'content-type': 'application/json' };
    const cut = fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers }).catch(() => undefined);
    await lab.seen(1, isPost);
    const [one, two] = gateways as [Switchyard, Switchyard];
    const held = one.chat();
    await lab.seen(2, isPost);
    t.match(await two.chat(), { status: 429, text: /at once/ });
    command.child.kill('SIGKILL');
    await cut;
    const next = until(async () => {
      const answer = two.chat();
      const early = await Promise.race([answer, lab.seen(3, isPost).then(() => undefined)]);
      return early === undefined;
    });
    await next;
    release.resolve();
    t.equal((await held).status, 200);
  },
);

t.test(
  'while Redis does not answer each gateway has its share, and afterwards all is counted once',
  { skip, timeout: 300_000 },
  async (t) => {
    const { redis, gateways, posts } = await fleet(t, { requests: { total: 36 } });
    for (const gateway of gateways) t.equal(await statusOf(gateway), 200);
    await until(async () => (await Promise.all(gateways.map(usedAt))).every((used) => used === 3));
    await frozen(redis, async () => {
      const passed = await Promise.all(
        gateways.map(async (gateway) => {
          let count = 0;
          while ((await statusOf(gateway)) === 200) count++;
          return count;
        }),
      );
      t.strictSame(passed, [11, 11, 11], 'a third of the 33 that were left, each');
      t.equal(posts(), 36);
      t.match(gateways[0]?.log.join('\n'), /Redis cannot be asked/);
      t.match((await gateways[0]!.ask('/health')).json(), { limits_problem: /Redis cannot be asked/ });
    });
    for (const gateway of gateways) {
      await until(async () => (await gateway.ask('/health')).json().limits_problem === null);
      await until(async () => (await gateway.chat()).headers['x-ratelimit-remaining-requests'] === '0');
      t.equal(await statusOf(gateway), 429);
      t.equal(await usedAt(gateway), 36);
    }
    t.equal(posts(), 36);
  },
);

t.test(
  'what was used while Redis was gone is told to the one that is started again',
  { skip, timeout: 300_000 },
  async (t) => {
    const { redis, gateways, posts } = await fleet(t, { requests: { total: 10 } }, { count: 2 });
    const [one, two] = gateways as [Switchyard, Switchyard];
    t.equal(await statusOf(one), 200);
    redis.process.kill('SIGKILL');
    await until(async () => (await one.ask('/health')).json().limits_problem !== null);
    for (let nth = 0; nth < 3; nth++) t.equal(await statusOf(one), 200);
    await redis.restart();
    for (const gateway of gateways)
      await until(async () => (await gateway.ask('/health')).json().limits_problem === null);
    t.equal(await statusOf(two), 200);
    await until(async () => (await usedAt(two)) === 5);
    t.equal(posts(), 5);
  },
);

t.test(
  'what all gateways have used is known again to a Redis that has lost everything',
  { skip, timeout: 300_000 },
  async (t) => {
    const { redis, gateways, posts } = await fleet(t, { requests: { total: 10 } }, { count: 2 });
    const [one, two] = gateways as [Switchyard, Switchyard];
    for (const gateway of [one, one, one, two, two]) t.equal(await statusOf(gateway), 200);
    await redis.replace();
    t.match((await one.ask('/metrics')).text, /switchyard_shared_exact [01]\n/);
    for (const gateway of gateways)
      await until(async () => (await gateway.ask('/metrics')).text.includes('switchyard_shared_exact 1\n'));
    t.equal(await statusOf(two), 200);
    await until(async () => (await usedAt(one)) === 6 && (await usedAt(two)) === 6);
    let passed = 6;
    while ((await statusOf(one)) === 200) passed++;
    t.equal(passed, 10);
    t.equal(posts(), 10);
  },
);

t.test(
  'a request that is refused by Redis no longer runs for its key',
  { skip, timeout: 300_000 },
  async (t) => {
    const { gateways } = await fleet(t, { requests: { total: 1 } }, { count: 1 });
    const [one] = gateways as [Switchyard];
    const { key: admin } = (await one.ask('/keys', { body: { name: 'root', role: 'admin' } })).json();
    const headers = { authorization: `Bearer ${admin}` };
    t.equal((await one.chat({}, { headers })).status, 200);
    t.equal((await one.chat({}, { headers })).status, 429);
    t.equal((await one.ask('/keys/root', { headers })).json().running, 0);
  },
);

t.test(
  'a caller that leaves while Redis is asked gives its place back, of what is passed on too',
  { skip, timeout: 300_000 },
  async (t) => {
    const { redis, gateways } = await fleet(t, { concurrency: 1 }, { count: 1 });
    const [one] = gateways as [Switchyard];
    t.equal(await statusOf(one), 200);
    for (const path of ['/v1/files', '/v1/chat/completions']) {
      await frozen(redis, async () => {
        const left = new AbortController();
        const body = path === '/v1/files' ? {} : { method: 'POST', body: '{"model":"m","messages":[]}' };
        const headers = { 'content-type': 'application/json' };
        const asked = fetch(one.url + path, { ...body, headers, signal: left.signal });
        // Long enough to be asking, and shorter than Redis is waited for.
        setTimeout(() => left.abort(), 150);
        await t.rejects(asked);
      });
      await until(async () => (await statusOf(one)) === 200);
      t.equal(await usedAt(one), 0, path);
    }
  },
);

t.test(
  'a gateway that has used nothing gets what another one holds and does not use',
  { skip, timeout: 300_000 },
  async (t) => {
    const { redis, gateways, posts } = await fleet(t, { requests: { total: 100 } });
    const [holder, user, last] = gateways as [Switchyard, Switchyard, Switchyard];
    t.equal(await statusOf(holder), 200);
    const taken = async (): Promise<number> => {
      const name = (await redis.ask('KEYS', '*used:*')).split('\r\n').find((line) => line.includes('used:'));
      return Number((await redis.ask('GET', name!)).split('\r\n')[1]);
    };
    while ((await taken()) < 100) t.equal(await statusOf(user), 200);
    // What has been idle for some seconds is given back anyway, and may be used by then.
    const status = await statusOf(last);
    t.ok(status === 200 || (status === 429 && posts() === 100), 'it asks again as soon as it is given back');
  },
);

t.test('gateways whose clocks differ count in the same spans', { skip, timeout: 300_000 }, async (t) => {
  const hour = 3_600_000;
  const { gateways, posts } = await fleet(
    t,
    { requests: { day: 2 } },
    { count: 2, dates: [() => Date.now(), () => Date.now() - hour] },
  );
  const [one, two] = gateways as [Switchyard, Switchyard];
  t.equal(await statusOf(one), 200);
  t.equal(await statusOf(two), 200);
  const refused = await two.chat();
  t.equal(refused.status, 429);
  const seconds = (headers: Record<string, string>): number => Number(headers['retry-after']);
  const others = await one.chat();
  t.ok(Math.abs(seconds(refused.headers) - seconds(others.headers)) < 30, 'and tell the same time to wait');
  t.equal(posts(), 2);
});
