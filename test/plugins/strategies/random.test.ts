import t from 'tap';
import { chance, contextOf, counts, make, strategyPlugin, targetsOf } from '../../injected-strategy.ts';
import { threeUpstreams } from './three-upstreams.ts';

t.test('random gives each target the same chance', (t) => {
  const plugin = strategyPlugin('random');
  const targets = targetsOf(3);
  for (let seed = 1; seed <= 20; seed++) {
    const seen = counts(make(plugin, chance(seed)), targets, 3_000);
    const chiSquare = seen.reduce((sum, times) => sum + (times - 1_000) ** 2 / 1_000, 0);
    // Two degrees of freedom: more than 18.4 comes once in ten thousand.
    t.ok(chiSquare < 18.4, `seed ${seed}: ${seen}`);
  }
  const [low, middle, high] = [0, 0.5, 1 - Number.EPSILON / 2].map((edge) =>
    make(plugin, () => edge).pick(targets, contextOf(targets)),
  );
  t.same([low, middle, high], targets);
  t.end();
});

t.test('random over real sockets reaches all targets, about equally', async (t) => {
  const { asked } = await threeUpstreams(t, 'random');
  const seen = await asked(90);
  t.equal(seen[0]! + seen[1]! + seen[2]!, 90);
  for (const times of seen) t.ok(times >= 15 && times <= 45, String(seen));
});
