import t from 'tap';
import { targetOf, upstream } from '../../in-front.ts';
import { noRedis } from '../../redis.ts';
import { frozen, openFleet, until } from '../../fleet.ts';
import type { Switchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';

const skip = noRedis;
const HOUR_MS = 3_600_000;

const configOf = (url: string, breaker: object = {}) => ({
  providers: { lab: { use: 'openai-compatible', baseUrl: url, apiKey: 'k', models: { m: 'm' } } },
  breaker: { failures: 1, first: '1m', longest: '1m', look: 0, ...breaker },
  retry: { again: 0, attempts: 1 },
});

const isOpen = (gateway: Switchyard): boolean =>
  targetOf(gateway, 'lab').stats.circuit.state(performance.now()) === 'open';

t.test('a circuit that one gateway opens is open in all, whatever their clocks', { skip }, async (t) => {
  const lab = await upstream(t, 'lab');
  const { gateways } = await openFleet(t, configOf(lab.url), {
    count: 3,
    injected: [{}, { date: () => Date.now() - HOUR_MS }, { date: () => Date.now() + HOUR_MS }],
  });
  for (const gateway of gateways) t.equal((await gateway.chat()).status, 200);
  lab.behave('status-500');
  const [one, two, three] = gateways;
  await one.chat();
  const toldMs = performance.now();
  await until(() => gateways.every(isOpen));
  t.comment(`told in ${(performance.now() - toldMs).toFixed(1)} ms`);
  const leftMs = gateways.map(
    (gateway) => (targetOf(gateway, 'lab').stats.circuit.untilMs ?? 0) - performance.now(),
  );
  for (const left of leftMs) t.ok(left > 0 && left <= 66_000, 'none is told for longer');
  t.ok(Math.max(...leftMs) - Math.min(...leftMs) < 5_000, 'and all for the same time');
  lab.behave('ok');
  // It is the only target, so it is asked all the same, and answers.
  t.equal((await (two as Switchyard).chat()).status, 200);
  await until(() => gateways.every((gateway) => !isOpen(gateway)));
  for (const gateway of [one, three as Switchyard]) t.equal((await gateway.chat()).status, 200);
});

t.test(
  'a gateway that joins later, or was cut off, knows the circuits that are open',
  { skip },
  async (t) => {
    const lab = await upstream(t, 'lab');
    const { redis, gateways } = await openFleet(t, configOf(lab.url));
    const [one, two] = gateways;
    await two.chat();
    lab.behave('status-500');
    await frozen(redis, async () => {
      await one.chat();
      t.ok(isOpen(one));
      await until(async () => (await two.ask('/health')).json().limits_problem !== null);
      t.notOk(isOpen(two));
    });
    await until(() => isOpen(two));
    const late = await openFleet(t, configOf(lab.url), { redis, count: 1 });
    await until(() => isOpen(late.gateways[0]));
    await redis.replace();
    const later = await openFleet(t, configOf(lab.url), { redis, count: 1 });
    await until(() => isOpen(later.gateways[0]));
  },
);

t.test('a reset at one gateway is a reset at all', { skip }, async (t) => {
  const lab = await upstream(t, 'lab');
  const { gateways } = await openFleet(t, configOf(lab.url));
  const [one, two] = gateways;
  lab.behave('status-500');
  await one.chat();
  await until(() => isOpen(two));
  t.equal((await two.ask('/targets/lab/m/reset', { method: 'POST' })).status, 200);
  await until(() => !isOpen(one));
  t.notOk(isOpen(two));
});

t.test('a gateway whose own requests are answered goes by them, not by another', { skip }, async (t) => {
  const lab = await upstream(t, 'lab');
  const { gateways } = await openFleet(t, configOf(lab.url));
  const [one, two] = gateways;
  const openings = async (): Promise<void> => {
    lab.behaveOnce('status-500');
    await one.chat();
    t.ok(isOpen(one));
  };
  await openings();
  await until(() => isOpen(two));
  t.equal((await two.chat()).status, 200);
  await until(() => !isOpen(one));
  await openings();
  await openings();
  // What is told after it has come to the other gateway once that is there.
  lab.behaveOnce('status-429', { retryAfter: 60 });
  await one.chat();
  await until(() => targetOf(two, 'lab').stats.blocks.has('quota'));
  t.notOk(isOpen(two));
});

t.test(
  'one gateway asks a target whether it is well again, and the others hear of it',
  { skip },
  async (t) => {
    const lab = await upstream(t, 'lab');
    const breaker = { first: '100ms', longest: '400ms', canary: true };
    const config = (apiKey: string) => {
      const { providers, ...rest } = configOf(lab.url, breaker);
      return { ...rest, providers: { lab: { ...providers.lab, apiKey } } };
    };
    const { redis, gateways: some } = await openFleet(t, config('k1'), { count: 1 });
    const { gateways: others } = await openFleet(t, config('k2'), { redis, count: 1 });
    const gateways = [some[0], others[0]];
    lab.behave('status-500');
    await Promise.all(gateways.map((gateway) => gateway.chat()));
    const isCanary = ({ method, body }: Received): boolean =>
      method === 'POST' && JSON.parse(body.toString()).max_tokens === 1;
    await lab.seen(6, isCanary);
    const keys = new Set(lab.posts.filter(isCanary).map(({ headers }) => headers['authorization']));
    t.equal(keys.size, 1, 'all are of one gateway');
    lab.behave('ok');
    await until(() => !gateways.some(isOpen));
    for (const gateway of gateways) t.equal((await gateway.chat()).status, 200);
  },
);
