import { mock } from 'node:test';
import t from 'tap';
import { Sending } from '../../../kits/store-kit/sending.ts';

/** What fails until it is told not to. */
function failing() {
  const seen = { count: 0, fails: true };
  const sending = new Sending(async () => {
    seen.count += 1;
    if (seen.fails) throw new Error('it is lost');
  });
  return { seen, sending };
}

t.beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
t.afterEach(() => mock.timers.reset());

t.test('a run that fails is repeated until one does not', async (t) => {
  const { seen, sending } = failing();
  await t.rejects(sending.now(), /it is lost/);
  sending.soon();
  t.equal(seen.count, 1, 'not before the next try');
  seen.fails = false;
  mock.timers.tick(1_000);
  t.equal(seen.count, 2);
  mock.timers.tick(10_000);
  t.equal(seen.count, 2);
});

t.test('a closed one tries no more', async (t) => {
  const { seen, sending } = failing();
  await sending.close();
  t.equal(seen.count, 1, 'what waits is tried once more');
  await t.rejects(sending.now(), /it is lost/);
  mock.timers.tick(10_000);
  t.equal(seen.count, 2, 'what is asked for later leaves no timer');
});
