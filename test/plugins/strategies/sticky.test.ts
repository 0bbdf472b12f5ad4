import t from 'tap';
import type { Call } from '../../../core/contracts/index.ts';
import type { Target } from '../../../core/upstreams/target.ts';
import { chance, contextOf, make, strategyPlugin, targetsOf } from '../../injected-strategy.ts';

t.test('sticky keeps a conversation at its target, however it is identified', (t) => {
  const targets = targetsOf(5);
  const strategy = make(strategyPlugin('sticky'));
  const where = (call: Partial<Call>) => strategy.pick(targets, contextOf(targets, call))?.id;
  const body = (value: unknown): Partial<Call> => ({ raw: Buffer.from(JSON.stringify(value)) });
  const system = { role: 'system', content: 'You are [a] "helper"' };
  const first = { role: 'user', content: 'Tell me of rendezvous hashing' };
  const spread = new Set<string | undefined>();
  for (let at = 0; at < 60; at++) {
    const ask = { ...first, content: `Tell me of the number ${at}` };
    const opening = where(body({ model: 'm', messages: [system, ask] }));
    const later = [
      system,
      ask,
      { role: 'assistant', content: `It is ${at}` },
      { role: 'user', content: 'More' },
    ];
    t.equal(where(body({ model: 'm', messages: later, temperature: 0.2 })), opening);
    t.equal(
      where({ headers: { 'x-session-id': `s${at}` }, ...body({ messages: later }) }),
      where({ headers: { 'x-session-id': `s${at}` } }),
    );
    t.equal(
      where(body({ prompt_cache_key: `k${at}`, messages: [first] })),
      where(body({ prompt_cache_key: `k${at}`, messages: later })),
    );
    t.equal(where(body({ user: `u${at}`, messages: [first] })), where(body({ user: `u${at}`, input: 'x' })));
    spread.add(opening);
  }
  t.equal(spread.size, 5);
  t.end();
});

t.test('with sticky, only the conversations of a blocked target move, and they come back', (t) => {
  const targets = targetsOf(5, (at) => ({ weight: at === 0 ? 2 : 1 }));
  const strategy = make(strategyPlugin('sticky'));
  const where = (key: number, candidates: readonly Target[]) =>
    strategy.pick(candidates, contextOf(targets, { headers: { 'x-session-id': `conversation-${key}` } }));
  const keys = Array.from({ length: 3_000 }, (_, key) => key);
  const before = keys.map((key) => where(key, targets));
  const without = keys.map((key) => where(key, targets.slice(1)));
  const moved = keys.filter((key) => before[key] !== without[key]);
  t.ok(moved.every((key) => before[key] === targets[0]));
  t.ok(Math.abs(moved.length - 1_000) < 120, `${moved.length} of 3000 had been where the weight is 2 of 6`);
  t.same(
    keys.map((key) => where(key, targets)),
    before,
  );
  t.end();
});

t.test('with sticky, no target has more than its bound, even of one conversation', (t) => {
  const targets = targetsOf(4);
  const strategy = make(strategyPlugin('sticky'), chance(1), { value: { factor: 1.25 } });
  for (let turn = 0; turn < 100; turn++)
    strategy.pick(targets, contextOf(targets, { headers: { 'x-session-id': 'one' } }))!.stats.begin();
  const most = Math.max(...targets.map(({ inflight }) => inflight));
  t.ok(most <= 32 && most >= 31, `${most} of 100 where a quarter is 25`);
  t.end();
});
