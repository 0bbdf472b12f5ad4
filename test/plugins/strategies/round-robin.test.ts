import t from 'tap';
import type { Target } from '../../../core/upstreams/target.ts';
import { contextOf, counts, make, strategyPlugin, targetsOf } from '../../injected-strategy.ts';
import { threeUpstreams } from './three-upstreams.ts';

t.test('round-robin is exact, and stays so when a target is blocked', (t) => {
  const plugin = strategyPlugin('round-robin');
  const targets = targetsOf(3);
  const [a, b, c] = targets as [Target, Target, Target];
  t.same(counts(make(plugin), targets, 300), [100, 100, 100]);
  const order = make(plugin);
  t.same(
    Array.from({ length: 7 }, () => order.pick(targets, contextOf(targets))?.id),
    ['p0/m', 'p1/m', 'p2/m', 'p0/m', 'p1/m', 'p2/m', 'p0/m'],
  );
  t.same(
    counts(make(plugin), targets, 300, () => [a, c]),
    [150, 0, 150],
    'the others have its turns in equal parts',
  );
  t.same(
    counts(make(plugin), targets, 360, (pick) => (pick % 120 < 60 ? [b, c] : targets)),
    [60, 150, 150],
    'and when it is back it has its own turns, no more',
  );
  t.end();
});

t.test('round-robin over real sockets is exact', async (t) => {
  const { asked } = await threeUpstreams(t, 'round-robin');
  t.same(await asked(60), [20, 20, 20]);
});

t.test('round-robin at once, too', async (t) => {
  const { switchyard, upstreams } = await threeUpstreams(t, 'round-robin');
  await Promise.all(Array.from({ length: 60 }, () => switchyard.chat()));
  t.same(
    upstreams.map(({ posts }) => posts.length),
    [20, 20, 20],
  );
});

t.test(
  'where one target always fails, the others share its requests equally, with and without a breaker',
  async (t) => {
    for (const failing of [0, 1, 2] as const) {
      for (const [kind, more] of [
        ['without', { breaker: { failures: 10_000 }, retry: { budget: 1 } }],
        ['with', {}],
      ] as const) {
        const { upstreams, asked } = await threeUpstreams(t, 'round-robin', more);
        upstreams[failing].behave('status-500');
        const seen = await asked(60);
        const [one, other] = seen.filter((_, at) => at !== failing) as [number, number];
        t.equal(one + other, 60, 'no request was slower');
        t.ok(Math.abs(one - other) <= 1, `number ${failing} fails, ${kind} a breaker: ${seen}`);
      }
    }
  },
);
