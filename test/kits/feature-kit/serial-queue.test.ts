import t from 'tap';
import { SerialQueue } from '../../../kits/feature-kit/serial-queue.ts';

t.test('work runs one piece after the other, in order', async (t) => {
  const queue = new SerialQueue();
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queue.run(async () => {
    events.push('first begins');
    await gate.promise;
    events.push('first ends');
  });
  const second = queue.run(() => events.push('second'));
  await new Promise(setImmediate);
  t.strictSame(events, ['first begins']);
  gate.resolve();
  await Promise.all([first, second]);
  t.strictSame(events, ['first begins', 'first ends', 'second']);
});

t.test("a failure is its own caller's, and the next piece runs", async (t) => {
  const queue = new SerialQueue();
  const failed = queue.run(() => Promise.reject(new Error('on purpose')));
  const next = queue.run(() => 'done');
  await t.rejects(failed, { message: 'on purpose' });
  t.equal(await next, 'done');
});

t.test('it is idle once all work has ended, failed work included', async (t) => {
  const queue = new SerialQueue();
  let hasEnded = false;
  queue
    .run(async () => {
      await new Promise(setImmediate);
      hasEnded = true;
      throw new Error('on purpose');
    })
    .catch(() => undefined);
  await queue.idle();
  t.ok(hasEnded);
});
