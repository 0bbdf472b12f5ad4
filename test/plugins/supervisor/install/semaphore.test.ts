import t from 'tap';
import { Semaphore } from '../../../../plugins/supervisor/install/semaphore.ts';

t.test('installations at once are bounded, and a waiter that gives up leaves the queue', async (t) => {
  const turns = new Semaphore(2);
  const { signal } = new AbortController();
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const begun: number[] = [];
  const enough = new AbortController();
  const all = gates.map((gate, at) =>
    turns.run(at === 2 ? enough.signal : signal, () => (begun.push(at), gate.promise)),
  );
  const left = t.rejects(all[2]!, { message: 'enough' });
  enough.abort(new Error('enough'));
  await left;
  t.strictSame(begun, [0, 1]);
  for (const gate of gates) gate.resolve();
  await Promise.all([all[0], all[1], all[3]]);
  t.strictSame(begun, [0, 1, 3]);
});
