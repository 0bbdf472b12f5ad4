import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { StateStore } from '../../../../../../plugins/surfaces/openai/responses/state/store.ts';

const row = (id: string, at: number, response = '{}') => ({ id, owner: 'a', at, response, input: '[]' });
const BOUNDS = { keepMs: 1_000, count: 3, size: 2 ** 20 };

t.test('the oldest are deleted: by age, by count and by size', (t) => {
  const said: string[] = [];
  const file = join(t.testdir(), 'responses.db');
  const store = new StateStore({ file, ...BOUNDS }, (text) => said.push(text));
  t.teardown(() => store.close());
  for (const nth of [1, 2, 3, 4]) store.save(row(`r${nth}`, nth));
  t.equal(store.find('r1', 'a', 4), undefined, 'three are kept');
  t.match(store.find('r2', 'a', 4), { id: 'r2', response: '{}' });
  t.equal(store.find('r2', 'b', 4), undefined, 'of its own key alone');
  t.equal(store.remove('r2', 'b'), false);
  t.equal(store.find('r4', 'a', 2_000), undefined, 'none that is too old is found');
  store.save(row('r5', 2_000));
  t.equal(store.find('r4', 'a', 4), undefined, 'nor kept');
  const long = JSON.stringify('x'.repeat(2 ** 19));
  for (const nth of [6, 7]) store.save(row(`r${nth}`, 2_000 + nth, long));
  t.equal(store.find('r6', 'a', 2_007), undefined, 'nor more bytes than allowed');
  t.match(store.find('r7', 'a', 2_007), { id: 'r7' });
  store.save(row('r8', 2_008, JSON.stringify('x'.repeat(2 ** 20))));
  t.equal(store.find('r8', 'a', 2_008), undefined, 'one that is longer than all may be is not kept at all');
  t.match(store.find('r7', 'a', 2_008), { id: 'r7' });
  t.equal(store.remove('r7', 'a'), true);
  t.equal(store.find('r7', 'a', 2_008), undefined);
  t.strictSame(said, []);
  t.end();
});

t.test('it survives a restart, and a file that is none', (t) => {
  const said: string[] = [];
  const file = join(t.testdir(), 'responses.db');
  const open = () => new StateStore({ file, ...BOUNDS }, (text) => said.push(text));
  const first = open();
  first.save(row('r1', 1));
  first.close();
  const second = open();
  t.match(second.find('r1', 'a', 1), { id: 'r1' });
  second.close();
  writeFileSync(file, 'no database '.repeat(100));
  const third = open();
  t.teardown(() => third.close());
  third.save(row('r2', 2));
  t.match(third.find('r2', 'a', 2), { id: 'r2' });
  t.match(said, [/cannot be used .* starts again/]);
  t.end();
});
