import t from 'tap';
import { chance, contextOf, counts, make, strategyPlugin, targetsOf } from '../../injected-strategy.ts';

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
