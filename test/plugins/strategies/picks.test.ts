import t from 'tap';
import { simulate } from '../../../bench/simulate/world.ts';
import { scenarios } from '../../../bench/simulate/scenarios.ts';
import type { Target } from '../../../core/upstreams/target.ts';
import {
  chance,
  contextOf,
  make,
  play,
  strategies,
  strategyPlugin,
  targetsOf,
  taught,
  Time,
} from '../../injected-strategy.ts';

t.test('p2c, response-time, least-cost and model-specific avoid a slow target, and try it again', (t) => {
  for (const name of ['p2c', 'response-time', 'least-cost', 'model-specific']) {
    const time = new Time();
    const targets = targetsOf(3);
    const strategy = make(strategyPlugin(name), chance(3), { now: time.now });
    const slow = (at: number) => ({ ttftMs: at === 0 ? 3_000 : 300 });
    const [seen = 0] = play(strategy, targets, time, { turns: 1_000, does: slow });
    t.ok(seen >= 2 && seen <= 60, `${name}: ${seen} of 1000 while it is slow`);
    const [after = 0] = play(strategy, targets, time, { turns: 1_000, does: () => ({ ttftMs: 300 }) });
    t.ok(after >= 150, `${name}: ${after} of 1000 when it is quick again`);
  }
  t.end();
});

t.test('streams and other answers have latencies of their own', (t) => {
  const time = new Time();
  const targets = targetsOf(2);
  const [a, b] = targets as [Target, Target];
  taught(a, { stream: true, ttftMs: 100 }, time.ms);
  taught(b, { stream: true, ttftMs: 400 }, time.ms);
  taught(a, { stream: false, tookMs: 9_000 }, time.ms);
  taught(b, { stream: false, tookMs: 2_000 }, time.ms);
  const strategy = make(strategyPlugin('response-time'), chance(3), { now: time.now });
  t.equal(strategy.pick(targets, contextOf(targets, { stream: true })), a);
  t.equal(strategy.pick(targets, contextOf(targets, { stream: false })), b);
  t.end();
});

t.test('client errors and disconnects say little about a target', (t) => {
  const time = new Time();
  const [target] = targetsOf(1) as [Target];
  taught(target, { ttftMs: 800 }, time.ms);
  taught(target, { outcome: 'refused', tookMs: 2, ttftMs: undefined }, time.ms);
  taught(target, { outcome: 'left', tookMs: 50, ttftMs: undefined }, time.ms);
  t.equal(target.stats.content.valueMs, 800, 'a quick no is not quick');
  t.equal(target.errorRate, 0);
  taught(target, { outcome: 'left', tookMs: 20_000, ttftMs: undefined }, time.ms);
  t.equal(target.stats.content.valueMs, 20_000, 'a request that waited so long in vain counts');
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
