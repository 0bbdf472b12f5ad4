import t, { type Test } from 'tap';
import { openFleet, until } from '../../../../fleet.ts';
import { upstream } from '../../../../in-front.ts';
import { noRedis, type RedisServer } from '../../../../redis.ts';

const skip = noRedis;

/** How many scripts were run: each is one command of a gateway, and one round trip. */
async function scripts(redis: RedisServer): Promise<number> {
  const stats = await redis.ask('INFO', 'commandstats');
  const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function limited(t: Test, limit: object) {
  const lab = await upstream(t, 'lab', { interval: 0 });
  const { redis, gateways } = await openFleet(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
    auth: { limits: { all: limit } },
  });
  /** How many scripts those requests cost, without those of the passing time. */
  const cost = async (count: number): Promise<number> => {
    const [before, beganMs] = [await scripts(redis), performance.now()];
    for (let nth = 0; nth < count; nth++) await gateways[nth % 2]!.chat();
    const seconds = Math.ceil((performance.now() - beganMs) / 1_000);
    // Each second a gateway tells that it lives, and asks what others have used.
    return (await scripts(redis)) - before - 2 * 2 * seconds;
  };
  return { lab, redis, gateways, cost };
}

t.test('a request in quiet limits costs no round trip', { skip, timeout: 300_000 }, async (t) => {
  const { cost, gateways } = await limited(t, {
    requests: { minute: 1_000_000, total: 10_000_000 },
    tokens: { day: 100_000_000 },
    concurrency: 1_000,
  });
  for (const gateway of gateways) await gateway.chat();
  const commands = await cost(400);
  t.comment(`${commands} commands for 400 requests`);
  t.ok(commands <= 20, `${commands}`);
});

t.test(
  'near a limit a request costs one round trip, and one that waits for no more',
  { skip, timeout: 300_000 },
  async (t) => {
    const { cost } = await limited(t, { requests: { total: 39 } });
    const commands = await cost(60);
    t.comment(`${commands} commands for 39 requests that passed and 21 that were refused`);
    // A script is sent whole at its first use, and the clock of this test is none of the gateways'.
    t.ok(commands <= 60 + 12, `${commands}`);
  },
);

t.test('a request that needs what another gateway holds gets it', { skip, timeout: 300_000 }, async (t) => {
  const { lab, gateways } = await limited(t, { requests: { total: 200 } });
  const [one, two] = gateways;
  // Both hold some of it.
  for (const gateway of gateways) await gateway.chat();
  let passed = 2;
  while ((await one.chat()).status === 200) passed++;
  t.equal(passed, 200, 'all that the other one has not used');
  t.equal((await two.chat()).status, 429);
  t.equal(lab.posts.length, 200);
});

t.test(
  'what is held and not used is given back, so that all of it can be used',
  { skip, timeout: 300_000 },
  async (t) => {
    const { redis, gateways } = await limited(t, { requests: { total: 100_000 } });
    await gateways[0].chat();
    const [key = ''] = /switchyard:used:\S*.*/.exec(await redis.ask('KEYS', 'switchyard:used:*')) ?? [];
    const counted = async (): Promise<number> =>
      Number((await redis.ask('GET', key.trim())).split('\r\n')[1]);
    t.ok((await counted()) > 1_000, 'a part is set aside for the gateway');
    await until(async () => (await counted()) === 1);
  },
);
