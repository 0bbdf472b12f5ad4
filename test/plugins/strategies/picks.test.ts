import t from 'tap';
import { simulate } from '../../../bench/simulate/world.ts';
import { scenarios } from '../../../bench/simulate/scenarios.ts';
import type { Call } from '../../../core/contracts/index.ts';
import type { Target } from '../../../core/upstreams/target.ts';
import {
  chance,
  contextOf,
  counts,
  make,
  play,
  strategies,
  strategyPlugin,
  targetsOf,
  taught,
  Time,
} from '../../injected-strategy.ts';

t.test('weighted-round-robin is exact, and spreads the turns of heavy targets', (t) => {
  const weights = [5, 1, 1];
  const targets = targetsOf(3, (at) => ({ weight: weights[at]! }));
  const strategy = make(strategyPlugin('weighted-round-robin'));
  // The example of nginx's own commit message.
  t.same(
    Array.from({ length: 7 }, () => strategy.pick(targets, contextOf(targets))?.provider.name),
    ['p0', 'p0', 'p1', 'p0', 'p2', 'p0', 'p0'],
  );
  t.same(counts(strategy, targets, 700), [500, 100, 100]);
  const [a, b, c] = targets as [Target, Target, Target];
  t.same(
    counts(strategy, targets, 120, () => [b, c]),
    [0, 60, 60],
    'the others have the turns of one that is out in equal parts',
  );
  t.same(counts(strategy, targets, 70), [50, 10, 10], 'and it does not catch up when it is back');
  t.same(counts(strategy, [a], 3), [3]);
  t.end();
});

t.test("without weights, weighted-round-robin uses each provider's concurrency", (t) => {
  const plugin = strategyPlugin('weighted-round-robin');
  const bears = [4, 1, undefined];
  const declared = targetsOf(3, (at) => ({
    provider: bears[at] === undefined ? {} : { concurrency: bears[at] },
  }));
  t.same(
    counts(make(plugin), declared, 90),
    [40, 10, 40],
    'a provider without a limit weighs as much as the strongest',
  );
  t.same(counts(make(plugin), targetsOf(3), 90), [30, 30, 30]);
  const said = targetsOf(2, (at) =>
    at === 0 ? { weight: 2, provider: { concurrency: 1 } } : { provider: { concurrency: 9 } },
  );
  t.same(counts(make(plugin), said, 90), [60, 30], "what the config says counts, and 1 where it doesn't");
  t.end();
});

t.test('with weighted-round-robin a recovered target comes back step by step', (t) => {
  const time = new Time();
  const targets = targetsOf(2);
  const [well, back] = targets as [Target, Target];
  for (const { stats: live } of targets) live.since = time.ms - 60_000;
  back.block('breaker', time.ms + 1, 'it failed', true);
  t.equal(back.stats.since, undefined);
  time.ms += 10;
  taught(well, {}, time.ms);
  taught(back, {}, time.ms);
  const weighted = make(strategyPlugin('weighted-round-robin'), chance(1), { now: time.now });
  const shares = [0, 1_000, 2_000, 4_000].map((after) => {
    time.ms = back.stats.since! + after;
    return counts(weighted, targets, 1_100)[1]!;
  });
  t.same(shares, [100, 254, 367, 550]);
  t.end();
});

t.test('least-connections compares active responses per unit of weight', (t) => {
  const targets = targetsOf(3, (at) => ({ weight: at + 1 }));
  const strategy = make(strategyPlugin('least-connections'));
  for (let turn = 0; turn < 600; turn++) strategy.pick(targets, contextOf(targets))!.stats.begin();
  t.same(
    targets.map(({ inflight }) => inflight),
    [100, 200, 300],
  );
  t.end();
});

t.test('p2c, response-time, least-cost and model-specific avoid a slow target, and try it again', (t) => {
  for (const name of ['p2c', 'response-time', 'least-cost', 'model-specific']) {
    const time = new Time();
    const targets = targetsOf(3);
    const strategy = make(strategyPlugin(name), chance(3), { now: time.now });
    const slow = (at: number) => ({ ttft: at === 0 ? 3_000 : 300 });
    const [seen = 0] = play(strategy, targets, time, { turns: 1_000, does: slow });
    t.ok(seen >= 2 && seen <= 60, `${name}: ${seen} of 1000 while it is slow`);
    const [after = 0] = play(strategy, targets, time, { turns: 1_000, does: () => ({ ttft: 300 }) });
    t.ok(after >= 150, `${name}: ${after} of 1000 when it is quick again`);
  }
  t.end();
});

t.test('with p2c latencies age with requests, too: under load a few of them try again', (t) => {
  const time = new Time();
  const targets = targetsOf(2);
  const strategy = make(strategyPlugin('p2c'), chance(3), { now: time.now });
  let asked = 0;
  const ask = (): void => {
    const target = strategy.pick(targets, contextOf(targets)) as Target;
    asked += target === targets[0] ? 1 : 0;
    taught(target, { ttft: target === targets[0] ? 400 : 30 }, time.ms);
  };
  for (const target of targets) taught(target, { ttft: target === targets[0] ? 400 : 30 }, time.ms);
  for (let turn = 0; turn < 3_000; turn++) ask();
  t.ok(asked >= 8 && asked <= 14, `${asked} of 3000 while no time passes`);
  const peeked = Array.from({ length: 1_000 }, () => strategy.peek!(targets, contextOf(targets)));
  t.notOk(peeked.includes(targets[0]), 'looking ages nothing');
  t.end();
});

t.test('active responses count until their end: p2c does not heap requests on the fastest target', (t) => {
  const time = new Time();
  const targets = targetsOf(2);
  const [quick, other] = targets as [Target, Target];
  for (const target of targets) target.stats.since = time.ms - 60_000;
  taught(quick, { ttft: 100 }, time.ms);
  taught(other, { ttft: 200 }, time.ms);
  const strategy = make(strategyPlugin('p2c'), chance(3), { now: time.now });
  for (let turn = 0; turn < 300; turn++) strategy.pick(targets, contextOf(targets))!.stats.begin();
  t.ok(Math.abs(quick.inflight - 200) <= 2, `${quick.inflight} and ${other.inflight}: as their paces are`);
  t.end();
});

t.test('streams and other answers have latencies of their own', (t) => {
  const time = new Time();
  const targets = targetsOf(2);
  const [a, b] = targets as [Target, Target];
  taught(a, { stream: true, ttft: 100 }, time.ms);
  taught(b, { stream: true, ttft: 400 }, time.ms);
  taught(a, { stream: false, ms: 9_000 }, time.ms);
  taught(b, { stream: false, ms: 2_000 }, time.ms);
  const strategy = make(strategyPlugin('response-time'), chance(3), { now: time.now });
  t.equal(strategy.pick(targets, contextOf(targets, { stream: true })), a);
  t.equal(strategy.pick(targets, contextOf(targets, { stream: false })), b);
  t.end();
});

t.test('client errors and disconnects say little about a target', (t) => {
  const time = new Time();
  const [target] = targetsOf(1) as [Target];
  taught(target, { ttft: 800 }, time.ms);
  taught(target, { outcome: 'refused', ms: 2, ttft: undefined }, time.ms);
  taught(target, { outcome: 'left', ms: 50, ttft: undefined }, time.ms);
  t.equal(target.stats.content.value, 800, 'a quick no is not quick');
  t.equal(target.errorRate, 0);
  taught(target, { outcome: 'left', ms: 20_000, ttft: undefined }, time.ms);
  t.equal(target.stats.content.value, 20_000, 'a request that waited so long in vain counts');
  t.end();
});

t.test('health-based shares among the healthy targets, and tries the others again', (t) => {
  const time = new Time();
  const targets = targetsOf(3);
  const strategy = make(strategyPlugin('health-based'), chance(3), { now: time.now });
  const flaky = (at: number) => (at === 0 ? ({ outcome: 'failed', ms: 5, ttft: undefined } as const) : {});
  const [bad = 0, one = 0, other = 0] = play(strategy, targets, time, { turns: 900, does: flaky });
  t.ok(bad <= 15, `${bad}`);
  t.ok(Math.abs(one - other) < 120, `${one} and ${other}`);
  t.end();
});

t.test('model-specific picks providers with few models, and the others when those are busy', (t) => {
  const named = { few: ['m'], many: ['m', 'n', 'o'] };
  const targets = targetsOf(3, (at) => ({
    provider:
      at === 0
        ? {}
        : { models: Object.fromEntries((at === 1 ? named.few : named.many).map((name) => [name, name])) },
  }));
  t.same(counts(make(strategyPlugin('model-specific')), targets, 50), [0, 50, 0]);
  const strategy = make(strategyPlugin('model-specific'), chance(1), { value: { busy: 3 } });
  for (let turn = 0; turn < 9; turn++) strategy.pick(targets, contextOf(targets))!.stats.begin();
  t.equal(targets[1]!.inflight, 3);
  t.end();
});

t.test('priority uses the next tier only while the first is blocked or busy', (t) => {
  const targets = targetsOf(4, (at) => ({ priority: at < 2 ? 0 : 5 }));
  const exact = { within: { use: 'round-robin' } };
  const strategy = make(strategyPlugin('priority'), chance(1), { value: exact });
  t.same(counts(strategy, targets, 40), [20, 20, 0, 0]);
  t.same(
    counts(strategy, targets, 40, () => targets.slice(1)),
    [0, 40, 0, 0],
  );
  t.same(
    counts(strategy, targets, 40, () => targets.slice(2)),
    [0, 0, 20, 20],
  );
  const spilling = make(strategyPlugin('priority'), chance(1), { value: { ...exact, busy: 2 } });
  const order = Array.from({ length: 9 }, () => {
    const target = spilling.pick(targets, contextOf(targets))!;
    target.stats.begin();
    return target.priority;
  });
  t.same(order, [0, 0, 0, 0, 5, 5, 5, 5, 0], 'with all of them busy, the first tier again');
  t.throws(
    () => make(strategyPlugin('priority'), chance(1), { value: { within: { use: 'p2c', warmUp: 'x' } } }),
    {
      code: 'config_invalid',
    },
  );
  t.end();
});

t.test('least-cost picks the cheapest known target, a local program before all', (t) => {
  const prices = {
    'p0/m': { input: 1, output: 8 },
    'p1/m': { input: 2, output: 2 },
  };
  const strategy = make(strategyPlugin('least-cost'), chance(1), { value: { prices, busy: 1 } });
  const targets = targetsOf(4, (at) => (at === 3 ? { provider: { process: {} as never } } : {}));
  const order = Array.from({ length: 4 }, () => {
    const target = strategy.pick(targets, contextOf(targets))!;
    target.stats.begin();
    return target.provider.name;
  });
  t.same(order, ['p3', 'p1', 'p0', 'p2'], 'unknown prices come last');
  t.end();
});

t.test('sticky keeps a conversation at its target, however it is identified', (t) => {
  const targets = targetsOf(5);
  const strategy = make(strategyPlugin('sticky'));
  const where = (call: Partial<Call>) => strategy.pick(targets, contextOf(targets, call))?.id;
  const body = (value: unknown): Partial<Call> => ({ raw: Buffer.from(JSON.stringify(value)) });
  const system = { role: 'system', content: 'You are [a] "helper"' };
  const first = { role: 'user', content: 'Tell me of rendezvous hashing' };
  const spread = new Set<string | undefined>();
  for (let at = 0; at < 60; at++) {
    const ask = { ...first, content: `Tell me of the number ${at}` };
    const opening = where(body({ model: 'm', messages: [system, ask] }));
    const later = [
      system,
      ask,
      { role: 'assistant', content: `It is ${at}` },
      { role: 'user', content: 'More' },
    ];
    t.equal(where(body({ model: 'm', messages: later, temperature: 0.2 })), opening);
    t.equal(
      where({ headers: { 'x-session-id': `s${at}` }, ...body({ messages: later }) }),
      where({ headers: { 'x-session-id': `s${at}` } }),
    );
    t.equal(
      where(body({ prompt_cache_key: `k${at}`, messages: [first] })),
      where(body({ prompt_cache_key: `k${at}`, messages: later })),
    );
    t.equal(where(body({ user: `u${at}`, messages: [first] })), where(body({ user: `u${at}`, input: 'x' })));
    spread.add(opening);
  }
  t.equal(spread.size, 5);
  t.end();
});

t.test('with sticky, only the conversations of a blocked target move, and they come back', (t) => {
  const targets = targetsOf(5, (at) => ({ weight: at === 0 ? 2 : 1 }));
  const strategy = make(strategyPlugin('sticky'));
  const where = (key: number, candidates: readonly Target[]) =>
    strategy.pick(candidates, contextOf(targets, { headers: { 'x-session-id': `conversation-${key}` } }));
  const keys = Array.from({ length: 3_000 }, (_, key) => key);
  const before = keys.map((key) => where(key, targets));
  const without = keys.map((key) => where(key, targets.slice(1)));
  const moved = keys.filter((key) => before[key] !== without[key]);
  t.ok(moved.every((key) => before[key] === targets[0]));
  t.ok(Math.abs(moved.length - 1_000) < 120, `${moved.length} of 3000 had been where the weight is 2 of 6`);
  t.same(
    keys.map((key) => where(key, targets)),
    before,
  );
  t.end();
});

t.test('with sticky, no target has more than its bound, even of one conversation', (t) => {
  const targets = targetsOf(4);
  const strategy = make(strategyPlugin('sticky'), chance(1), { value: { factor: 1.25 } });
  for (let turn = 0; turn < 100; turn++)
    strategy.pick(targets, contextOf(targets, { headers: { 'x-session-id': 'one' } }))!.stats.begin();
  const most = Math.max(...targets.map(({ inflight }) => inflight));
  t.ok(most <= 32 && most >= 31, `${most} of 100 where a quarter is 25`);
  t.end();
});

t.test('in the simulation no request fails over one bad target of five, and few attempts are wasted', (t) => {
  for (const { name } of strategies) {
    const run = (scenario: string) =>
      simulate(
        scenarios.find((one) => one.name === scenario)!,
        (injected) => make(strategyPlugin(name), injected.random, { now: injected.now }),
        1_500,
        1,
        name === 'weighted-round-robin',
      );
    const failing = run('fails fast');
    t.equal(failing.errors, 0, name);
    t.ok(failing.wasted <= 25, `${name}: ${failing.wasted} tries wasted`);
  }
  const seconds = (scenario: string, share: number) => {
    const { firsts } = simulate(
      scenarios.find(({ name }) => name === scenario)!,
      (injected) => make(strategyPlugin('p2c'), injected.random, { now: injected.now }),
      3_000,
      2,
      false,
    );
    return firsts[Math.floor(firsts.length * share)]! / 1_000;
  };
  for (const { name } of scenarios)
    t.ok(seconds(name, 0.99) < 3.5, `p2c, ${name}: p99 ${seconds(name, 0.99)} s`);
  t.end();
});
