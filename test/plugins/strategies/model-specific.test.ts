import t from 'tap';
import { chance, contextOf, counts, make, strategyPlugin, targetsOf } from '../../injected-strategy.ts';

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
