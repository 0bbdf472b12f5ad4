import t from 'tap';
import { chance, make, play, strategyPlugin, targetsOf, Time } from '../../injected-strategy.ts';

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
