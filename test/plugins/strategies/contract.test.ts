import t from 'tap';
import type { Target } from '../../../core/upstreams/target.ts';
import { startSwitchyard } from '../../switchyard.ts';
import {
  chance,
  contextOf,
  counts,
  make,
  play,
  strategies,
  targetsOf,
  Time,
} from '../../injected-strategy.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import { testFolder } from '../../test-folder.ts';
import { threeUpstreams } from './three-upstreams.ts';

/** They read no health: a breaker must keep failing targets from them. */
const BLIND = new Set(['random', 'round-robin']);

t.test('there are strategies, and one of them is the default', (t) => {
  t.ok(strategies.length >= 2);
  t.equal(strategies.filter(({ standard }) => standard).length, 1);
  t.end();
});

for (const plugin of strategies) {
  t.test(`${plugin.name} keeps the contract of a strategy`, (t) => {
    t.test('picks one of any candidates', (t) => {
      const targets = targetsOf(5);
      const strategy = make(plugin);
      const some = chance(7);
      for (let turn = 0; turn < 500; turn++) {
        const candidates = targets.filter(() => some() < 0.6);
        if (candidates.length === 0) continue;
        const target = strategy.pick(candidates, contextOf(targets));
        if (target === undefined || !candidates.includes(target as Target))
          t.fail(`turn ${turn}: ${target?.id ?? 'none'} of ${candidates.map(({ id }) => id).join(', ')}`);
        if (target)
          strategy.learn?.(
            { target, outcome: some() < 0.5 ? 'answered' : 'failed', startedUs: 0, endedUs: 5, bytes: 1 },
            contextOf(targets),
          );
      }
      t.end();
    });

    t.test('one candidate is the pick, a thousand times too', (t) => {
      const targets = targetsOf(3);
      const strategy = make(plugin);
      for (let turn = 0; turn < 1_000; turn++)
        if (strategy.pick([targets[1]!], contextOf(targets)) !== targets[1]) t.fail(String(turn));
      t.equal(make(plugin).pick([targets[2]!], contextOf([targets[2]!])), targets[2]);
      t.end();
    });

    t.test('any chance between 0 and 1 will do', (t) => {
      const targets = targetsOf(3);
      for (const edge of [0, 1 - Number.EPSILON / 2, 0.999999999, 0.5, 1 / 3, 2 / 3]) {
        const strategy = make(plugin, () => edge);
        for (let turn = 0; turn < 10; turn++)
          t.ok(targets.includes(strategy.pick(targets, contextOf(targets)) as Target), `chance ${edge}`);
      }
      t.end();
    });

    t.test('none among equals is left out for good', (t) => {
      const targets = targetsOf(4);
      for (const [at, times] of counts(make(plugin), targets, 400).entries()) t.ok(times > 0, `p${at}`);
      t.end();
    });

    t.test('candidates may differ each time, also from those of the route', (t) => {
      const strategy = make(plugin);
      for (let size = 8; size > 0; size--) {
        const targets = targetsOf(size);
        t.ok(targets.includes(strategy.pick(targets, contextOf(targets)) as Target));
        const strangers = targetsOf(2);
        t.ok(
          strangers.includes(strategy.pick(strangers, contextOf(targets)) as Target),
          'as they are, without the route',
        );
      }
      t.end();
    });

    t.test('changes neither the candidates nor the targets', (t) => {
      const targets = Object.freeze(targetsOf(3)) as Target[];
      const before = targets.map(({ id, inflight, latencyMs }) => ({ id, inflight, latencyMs }));
      counts(make(plugin), targets, 50);
      t.same(
        targets.map(({ id, inflight, latencyMs }) => ({ id, inflight, latencyMs })),
        before,
      );
      t.end();
    });

    t.test('two instances do not disturb each other', (t) => {
      const targets = targetsOf(3);
      const alone = make(plugin, chance(3));
      const expected = Array.from({ length: 20 }, () => alone.pick(targets, contextOf(targets))?.id);
      const [one, other] = [make(plugin, chance(3)), make(plugin, chance(9))];
      const seen = Array.from({ length: 20 }, () => {
        other.pick(targets, contextOf(targets));
        return one.pick(targets, contextOf(targets))?.id;
      });
      t.same(seen, expected);
      t.end();
    });

    t.test(
      'a target that refuses in 2 ms never gets more for it, and is used again once it is healthy',
      (t) => {
        const time = new Time();
        const targets = targetsOf(2);
        const strategy = make(plugin, chance(2), time);
        const failing = (at: number) =>
          at === 0 ? ({ outcome: 'failed', ms: 2, ttft: undefined } as const) : {};
        const [bad = 0] = play(strategy, targets, time, { turns: 400, does: failing });
        t.ok(bad <= (BLIND.has(plugin.name) ? 230 : 60), `${bad} of 400 while it fails`);
        const [back = 0] = play(strategy, targets, time, { turns: 1_000, does: () => ({}) });
        t.ok(back >= 100, `${back} of 1000 after that`);
        t.end();
      },
    );

    t.test('a new target is neither flooded nor left out', (t) => {
      const time = new Time();
      const targets = targetsOf(4);
      const strategy = make(plugin, chance(4), time);
      const old = targets.slice(0, 3);
      play(strategy, old, time, { turns: 300, does: () => ({}) });
      // Many at once, before it has answered any, others being as busy as before.
      for (const { stats } of old) stats.inflight = 4;
      let flood = 0;
      for (let turn = 0; turn < 12; turn++) {
        const { stats } = strategy.pick(targets, contextOf(targets)) as Target;
        if (stats === targets[3]!.stats) flood++;
        stats.inflight++;
      }
      t.ok(flood <= 8, `${flood} of 12 at once`);
      for (const { stats } of targets) stats.inflight = 0;
      const [, , , later = 0] = play(strategy, targets, time, { turns: 1_000, does: () => ({}) });
      t.ok(later >= 100 && later <= 500, `${later} of 1000 later`);
      t.end();
    });

    t.test('closes twice', (t) => {
      const strategy = make(plugin);
      strategy.pick(targetsOf(2), contextOf(targetsOf(2)));
      strategy.close?.();
      strategy.close?.();
      t.end();
    });
    t.end();
  });
}

t.test('with any strategy, a busy target delays no request, and soon gets none', async (t) => {
  for (const { name } of strategies) {
    const { upstreams, asked } = await threeUpstreams(t, name);
    upstreams[1].behave('status-503');
    const seen = await asked(15);
    t.equal(seen[0]! + seen[2]!, 15, `${name}: no request was slower`);
    t.ok(seen[1]! <= 5, `${name}: asked ${seen[1]} times`);
  }
});

t.test(
  'a strategy is made once for a route and closed with it; a path without a model needs none',
  async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const folder = testFolder(t, {
      'counted.ts': `export default { name: 'counted', options: { type: 'object' }, create() {
      globalThis.counted.made++;
      return { pick: ([first]) => first, close: () => void globalThis.counted.closed++ };
    } };`,
    });
    const counted = { made: 0, closed: 0 };
    Object.assign(globalThis, { counted });
    const switchyard = await startSwitchyard(t, {
      strategy: { use: `${folder}/counted.ts` },
      providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } } },
    });
    const before = { ...counted };
    for (let turn = 0; turn < 20; turn++) await switchyard.chat({ stream: turn % 2 === 0 });
    t.equal(counted.made - before.made, 1);
    for (const path of ['files', 'batches', 'what/ever', 'more', 'and/more'])
      await switchyard.ask(`/v1/${path}`);
    t.equal(counted.made - before.made, 1);
    for (const pin of ['lab', 'LAB', 'Lab', 'lAB'])
      t.equal(
        (await switchyard.ask(`/v1/chat/completions?provider=${pin}`, { body: { model: 'm', messages: [] } }))
          .status,
        200,
      );
    t.equal(counted.made - before.made, 2, 'a pin is one, however it is spelled');
    await switchyard.close();
    t.equal(counted.closed, counted.made);
  },
);
