import t from 'tap';
import type { Target } from '../../../core/upstreams/target.ts';
import { chance, contextOf, make, strategyPlugin, targetsOf, taught, Time } from '../../injected-strategy.ts';
import { threeUpstreams } from './three-upstreams.ts';

t.test('with p2c latencies age with requests, too: under load a few of them try again', (t) => {
  const time = new Time();
  const targets = targetsOf(2);
  const strategy = make(strategyPlugin('p2c'), chance(3), { now: time.now });
  let asked = 0;
  const ask = (): void => {
    const target = strategy.pick(targets, contextOf(targets)) as Target;
    asked += target === targets[0] ? 1 : 0;
    taught(target, { ttftMs: target === targets[0] ? 400 : 30 }, time.ms);
  };
  for (const target of targets) taught(target, { ttftMs: target === targets[0] ? 400 : 30 }, time.ms);
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
  for (const target of targets) target.stats.wellSinceMs = time.ms - 60_000;
  taught(quick, { ttftMs: 100 }, time.ms);
  taught(other, { ttftMs: 200 }, time.ms);
  const strategy = make(strategyPlugin('p2c'), chance(3), { now: time.now });
  for (let turn = 0; turn < 300; turn++) strategy.pick(targets, contextOf(targets))!.stats.begin();
  t.ok(Math.abs(quick.inflight - 200) <= 2, `${quick.inflight} and ${other.inflight}: as their paces are`);
  t.end();
});

t.test(
  'p2c over real sockets sends little to a slow target, and the excess of a full one to the others',
  async (t) => {
    const slow = await threeUpstreams(t, 'p2c');
    slow.upstreams[0].behave('slow-content', { delay: 80 });
    const [few = 0] = await slow.asked(60);
    t.ok(few <= 12, `${few} of 60`);
    const { switchyard, upstreams } = await threeUpstreams(t, 'p2c', {}, { b: { concurrency: 1 } });
    for (const upstream of upstreams) upstream.behave('slow-content', { delay: 40 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => switchyard.chat({ stream: true })));
    t.ok(answers.every(({ status }) => status === 200));
    const [a = 0, b = 0, c = 0] = upstreams.map(({ posts }) => posts.length);
    t.ok(b <= 6, `${b} at the one that bears one at a time`);
    t.ok(Math.abs(a - c) <= 6, `${a} and ${c} at the others`);
  },
);
