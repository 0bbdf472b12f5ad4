import t from 'tap';
import type { Target } from '../../../core/upstreams/target.ts';
import {
  chance,
  contextOf,
  counts,
  make,
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
  for (const { stats } of targets) stats.wellSinceMs = time.ms - 60_000;
  back.block('breaker', time.ms + 1, 'it failed', true);
  t.equal(back.stats.wellSinceMs, undefined);
  time.ms += 10;
  taught(well, {}, time.ms);
  taught(back, {}, time.ms);
  const weighted = make(strategyPlugin('weighted-round-robin'), chance(1), { now: time.now });
  const shares = [0, 1_000, 2_000, 4_000].map((after) => {
    time.ms = back.stats.wellSinceMs! + after;
    return counts(weighted, targets, 1_100)[1]!;
  });
  t.same(shares, [100, 254, 367, 550]);
  t.end();
});
