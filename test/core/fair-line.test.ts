import t, { type Test } from 'tap';
import { Room } from '../../core/room.ts';
import type { House } from '../house.ts';
import { errorOf, houseInFront, opened, targetOf, until, upstream } from './in-front.ts';

async function start(t: Test) {
  const one = await upstream(t, 'one');
  const house = await houseInFront(t, { one }, { each: { concurrency: 1 } });
  one.behaveOnce('stall-after-content');
  const first = await opened(house);
  return { house, one, first };
}

/** Sends it and settles once it stands in line. */
async function inLine(house: House, key: string, user: string) {
  const { room } = targetOf(house, 'one');
  const before = room!.waiting;
  const answer = house.chat({ user }, { headers: { authorization: `Bearer ${key}` } });
  await until(
    () => room!.waiting === before + 1,
    () => `${user} in line`,
  );
  return { answer };
}

t.test('who asks for much does not hold up who asks for little', async (t) => {
  const { house, one, first } = await start(t);
  const answers = [];
  for (const user of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'])
    answers.push(await inLine(house, `key-${user[0]}`, user));
  first.destroy();
  for (const { answer } of answers) t.equal((await answer).status, 200);
  const order = one.posts.slice(1).map((request) => request.fields()['user']);
  t.strictSame(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
});

t.test('a line that one caller has filled still takes another', async (t) => {
  const { house, first } = await start(t);
  const { longest } = targetOf(house, 'one').room!;
  const greedy = [];
  for (let at = 0; at < longest; at++) greedy.push((await inLine(house, 'greedy', `${at}`)).answer);
  const modest = house.chat({}, { headers: { authorization: 'Bearer modest' } });
  const put = await greedy.at(-1)!;
  t.match(put, { status: 503, headers: { 'retry-after': '1' } }, 'the last of the many makes room');
  t.match(errorOf(put.text), { code: 'queue_full' });
  first.destroy();
  t.equal((await modest).status, 200);
  for (const answer of greedy.slice(0, -1)) t.equal((await answer).status, 200);
  t.match(targetOf(house, 'one').room, { free: true, waiting: 0 });
});

t.test('callers take turns in a room, and who leaves is forgotten', (t) => {
  const room = new Room(1, 4);
  room.take();
  const called: string[] = [];
  const wait = (name: string) => room.wait(() => (called.push(name), room.claim(), room.take()), name[0]);
  const leave = wait('a1');
  for (const name of ['a2', 'b1']) wait(name);
  leave();
  leave();
  t.equal(room.waiting, 2);
  t.equal(room.takes('a'), true);
  for (const name of ['a3', 'a4']) wait(name);
  t.strictSame([room.takes('a'), room.takes('b'), room.takes('c')], [false, true, true]);
  for (let given = 0; given < 5; given++) room.give();
  t.strictSame(called, ['a2', 'b1', 'a3', 'a4']);
  t.end();
});
