import { readFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { frozen, met, until } from '../../../../fleet.ts';
import { upstream } from '../../../../in-front.ts';
import { noRedis, redisServer, type RedisServer } from '../../../../redis.ts';
import { startSwitchyard, type Switchyard } from '../../../../switchyard.ts';
import { testFolder } from '../../../../test-folder.ts';
import type { Upstream } from '../../../../upstream/upstream.ts';

const skip = noRedis;

const configOf = (redis: RedisServer, lab: Upstream, home: string) => ({
  providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
  shared: { use: 'redis', url: redis.url },
  auth: { limits: { all: { requests: { total: 10 } } } },
  home,
});

const statusOf = async (gateway: Switchyard): Promise<number> => (await gateway.chat()).status;

t.test(
  'a gateway that starts while Redis does not answer, and has never heard of others, lets no limited request pass',
  { skip, timeout: 300_000 },
  async (t) => {
    const [redis, lab] = await Promise.all([redisServer(t), upstream(t, 'lab', { interval: 0 })]);
    let gateway: Switchyard | undefined;
    await frozen(redis, async () => {
      gateway = await startSwitchyard(t, configOf(redis, lab, testFolder(t)));
      t.equal((await gateway.ask('/health/ready')).status, 200, 'others than limited requests are answered');
      t.match(await gateway.chat(), {
        status: 503,
        text: /"store_unavailable"/,
        headers: { 'retry-after': /^\d+$/ },
      });
      t.equal((await gateway.ask('/health/ready')).status, 503, 'a load balancer asks another one');
      t.match((await gateway.ask('/health')).json(), { limits_problem: /has not heard yet/ });
      t.match((await gateway.ask('/metrics')).text, /switchyard_shared_gateways 1\n/);
    });
    await until(async () => (await statusOf(gateway!)) === 200);
    t.equal((await gateway!.ask('/health/ready')).status, 200);
    t.equal(lab.posts.length, 1);
  },
);

t.test(
  'a gateway that is started again while Redis does not answer has its share of what it knew to share',
  { skip, timeout: 300_000 },
  async (t) => {
    const [redis, lab] = await Promise.all([redisServer(t), upstream(t, 'lab', { interval: 0 })]);
    const folder = testFolder(t);
    const homes = ['one', 'two'].map((name) => join(folder, name));
    for (const home of homes) mkdirSync(home);
    const start = (home: string): Promise<Switchyard> => startSwitchyard(t, configOf(redis, lab, home));
    const gateways = await Promise.all(homes.map(start));
    await met(gateways);
    const file = join(homes[0]!, 'fleet.json');
    await until(async () => (await readFile(file, 'utf8').catch(() => '')).includes('"nodes":2'));
    await gateways[0]!.close();
    await frozen(redis, async () => {
      const again = await start(homes[0]!);
      for (let nth = 0; nth < 5; nth++) t.equal(await statusOf(again), 200);
      t.equal(await statusOf(again), 429, 'half of it');
    });
    t.equal(lab.posts.length, 5);
  },
);
