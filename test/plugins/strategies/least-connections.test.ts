import t from 'tap';
import { contextOf, make, strategyPlugin, targetsOf } from '../../injected-strategy.ts';

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
