import t from 'tap';
import { chance, contextOf, make, strategyPlugin, targetsOf } from '../../injected-strategy.ts';

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
