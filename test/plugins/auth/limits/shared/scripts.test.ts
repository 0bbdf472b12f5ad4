import t from 'tap';
import { Redis, scriptOf } from '../../../../../kits/shared-kit/index.ts';
import { beginOf, SPANS as NAMES } from '../../../../../plugins/auth/limits/span.ts';
import { SETTLE, SPANS, TAKE } from '../../../../../plugins/auth/limits/shared/scripts.ts';
import { noRedis, redisServer } from '../../../../redis.ts';

const skip = noRedis;
const clocks = { date: Date.now, now: () => performance.now() };
const log = { warn: () => undefined, info: () => undefined };

t.test('spans begin in Redis when they begin here', { skip }, async (t) => {
  const { url } = await redisServer(t);
  const redis = await Redis.open({ url, log, ...clocks, prefix: 'test:' });
  t.teardown(() => redis.close());
  const began = scriptOf(`${SPANS} return string.format('%.0f', began(ARGV[1], tonumber(ARGV[2])))`);
  const leap = Date.UTC(2028, 1, 29, 23, 59, 59, 999);
  const dates = [0, 1, leap, leap + 1, ...Array.from({ length: 60 }, (_, nth) => nth * 61_234_567_891)];
  for (const span of NAMES)
    for (const date of dates)
      t.equal(Number(await redis.run(began, [span, date])), beginOf(span, date), `${span} of ${date}`);
});

t.test('a request is taken once and settled once, however often it is told', { skip }, async (t) => {
  const { url } = await redisServer(t);
  const redis = await Redis.open({ url, log, ...clocks, prefix: 'test:' });
  t.teardown(() => redis.close());
  const take = async (id: string, amount: number, isForced = 0) =>
    ((await redis.run(TAKE, [id, redis.node, isForced, 'tokens', 'total', amount, 100])) as string[]).slice(
      1,
    );
  const settle = async (id: string, reserved: number, used: number) =>
    ((await redis.run(SETTLE, [id, redis.node, 'tokens', 'total', reserved, used])) as string[]).slice(1);
  t.match(await take('a', 60), ['60', 0]);
  t.match(await take('a', 60), ['60', 0], 'its answer was lost, it is told again');
  t.match(await take('b', 60), ['60', 1], 'another finds not enough');
  t.match(await take('b', 60, 1), ['120', 0], 'it was admitted elsewhere');
  t.match(await settle('a', 60, 25), ['85']);
  t.match(await settle('a', 60, 25), ['85']);
  t.match(await take('a', 60), ['85', 0], 'what is over is not taken again');
  t.match(await settle('c', 60, 10), ['95'], 'it was never taken: all that it used is added');
  t.match(await settle('b', 60, 0), ['35']);
});
