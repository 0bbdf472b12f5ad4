import t, { type Test } from 'tap';
import { ConcurrencyLimit } from '../../../gateway/concurrency-limit.ts';
import type { Switchyard } from '../../switchyard.ts';
import { errorOf, gatewayInFront, opened, targetOf, until, upstream } from '../../in-front.ts';

async function start(t: Test) {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { each: { concurrency: 1 } });
  one.behaveOnce('stall-after-content');
  const first = await opened(switchyard);
  return { switchyard, one, first };
}

/** Sends it and settles once it stands in line. */
async function inLine(switchyard: Switchyard, key: string, user: string) {
  const { concurrency } = targetOf(switchyard, 'one');
  const before = concurrency!.waiting;
  const answer = switchyard.chat({ user }, { headers: { authorization: `Bearer ${key}` } });
  await until(
    () => concurrency!.waiting === before + 1,
    () => `${user} in line`,
  );
  return { answer };
}

t.test('a client with many requests does not delay one with few', async (t) => {
  const { switchyard, one, first } = await start(t);
  const answers = [];
  for (const user of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'])
    answers.push(await inLine(switchyard, `key-${user[0]}`, user));
  first.destroy();
  for (const { answer } of answers) t.equal((await answer).status, 200);
  const order = one.posts.slice(1).map((request) => request.fields()['user']);
  t.strictSame(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
});

t.test('a queue filled by one client still takes another', async (t) => {
  const { switchyard, first } = await start(t);
  const { longestQueue: longest } = targetOf(switchyard, 'one').concurrency!;
  const greedy = [];
  for (let at = 0; at < longest; at++) greedy.push((await inLine(switchyard, 'greedy', `${at}`)).answer);
  const modest = switchyard.chat({}, { headers: { authorization: 'Bearer modest' } });
  const put = await greedy.at(-1)!;
  t.match(put, { status: 503, headers: { 'retry-after': '1' } }, 'the last of the many makes room');
  t.match(errorOf(put.text), { code: 'queue_full' });
  first.destroy();
  t.equal((await modest).status, 200);
  for (const answer of greedy.slice(0, -1)) t.equal((await answer).status, 200);
  t.match(targetOf(switchyard, 'one').concurrency, { hasFreeSlot: true, waiting: 0 });
});

t.test('clients take turns, and one without requests is forgotten', (t) => {
  const limit = new ConcurrencyLimit(1, 4);
  limit.acquire();
  const called: string[] = [];
  const wait = (name: string) =>
    limit.wait(() => (called.push(name), limit.claim(), limit.acquire()), name[0]);
  const leave = wait('a1');
  for (const name of ['a2', 'b1']) wait(name);
  leave();
  leave();
  t.equal(limit.waiting, 2);
  t.equal(limit.admits('a'), true);
  for (const name of ['a3', 'a4']) wait(name);
  t.strictSame([limit.admits('a'), limit.admits('b'), limit.admits('c')], [false, true, true]);
  for (let given = 0; given < 5; given++) limit.release();
  t.strictSame(called, ['a2', 'b1', 'a3', 'a4']);
  t.end();
});
