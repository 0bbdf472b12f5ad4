/** A Redis that removes what it was told when its memory is full lets a limit begin again: that is told. */
import t from 'tap';
import { openFleet, until, type Fleet } from '../../fleet.ts';
import { noRedis, redisServer } from '../../redis.ts';

const skip = noRedis;
const timeout = 180_000;
const REMEDY = /set maxmemory-policy to noeviction/;

type Gateway = Fleet['gateways'][0];
const problem = async (gateway: Gateway): Promise<string | null> =>
  (await gateway.ask('/health')).json().limits_problem;
const open = async (t: Parameters<typeof openFleet>[0], more: Record<string, string>) => {
  const redis = await redisServer(t, more);
  const { gateways } = await openFleet(t, {}, { count: 1, redis });
  return { redis, gateway: gateways[0] };
};

for (const policy of ['allkeys-lru', 'volatile-ttl'])
  t.test(`with ${policy}, until it is another one`, { skip, timeout }, async (t) => {
    const { redis, gateway } = await open(t, { 'maxmemory-policy': policy });
    await until(async () => (await problem(gateway)) !== null);
    t.match(await problem(gateway), REMEDY);
    t.match(await problem(gateway), policy);
    t.equal(gateway.log.filter((line) => REMEDY.test(line)).length, 1);
    await redis.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await until(async () => (await problem(gateway)) === null);
  });

for (const refused of ['config', 'info'])
  t.test(`a service that refuses ${refused} is asked otherwise`, { skip, timeout }, async (t) => {
    const redis = await redisServer(t, { 'maxmemory-policy': 'allkeys-random' });
    t.match(await redis.ask('ACL', 'SETUSER', 'default', `-${refused}`), /OK/);
    const { gateways } = await openFleet(t, {}, { count: 1, redis });
    const [gateway] = gateways;
    await until(async () => (await problem(gateway)) !== null);
    t.match(await problem(gateway), REMEDY);
  });

t.test('one that removes nothing has no warning', { skip, timeout }, async (t) => {
  const { redis, gateway } = await open(t, { 'maxmemory-policy': 'noeviction' });
  const asked = async () => /cmdstat_info:calls=([2-9]|\d\d)/.test(await redis.ask('INFO', 'commandstats'));
  await until(asked);
  t.equal(await problem(gateway), null);
});
