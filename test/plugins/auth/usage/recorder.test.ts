import t from 'tap';
import { UsageOfKey, UsageRecorder } from '../../../../plugins/auth/usage/recorder.ts';
import type { UsageRow } from '../../../../plugins/auth/usage/usage-row.ts';

const MANY = 10_001;

/** What a recorder has written. */
async function written(add: (recorder: UsageRecorder) => void): Promise<readonly UsageRow[]> {
  let rows: readonly UsageRow[] = [];
  const ask = (_what: string, all: readonly UsageRow[]) => Promise.resolve(void (rows = all));
  const store = { ask, close: () => Promise.resolve() } as never;
  const recorder = new UsageRecorder({ store, log: { warn: () => undefined } as never, date: () => 0 });
  add(recorder);
  await recorder.close();
  return rows;
}

const holder = (key: string) => new UsageOfKey({ key, owner: null, labels: [] });

t.test('many keys do not take the names of their models from one another', async (t) => {
  const rows = await written((recorder) => {
    for (const model of ['a', 'b'])
      for (let nth = 0; nth < MANY; nth++) recorder.add(holder(`key ${nth}`), { model }, undefined, [], 0);
  });
  t.equal(rows.length, 2 * MANY);
  t.same(new Set(rows.map(({ model }) => model)), new Set(['a', 'b']));
});

t.test('names that callers make up share one, and those that were known before do not', async (t) => {
  const rows = await written((recorder) => {
    const one = holder('key');
    for (let nth = 0; nth < MANY; nth++) recorder.add(one, { model: `name ${nth}` }, undefined, [], 0);
    recorder.add(one, { model: 'name 0' }, undefined, [], 0);
  });
  t.ok(rows.length <= MANY);
  t.equal(rows.find(({ model }) => model === 'name 0')?.requests, 2);
  t.notOk(rows.find(({ model }) => model === `name ${MANY - 1}`));
});

t.test('what is added while rows cannot be written, and after that, is counted once', async (t) => {
  const one = holder('key');
  let isFull = true;
  let requests = 0;
  const ask = (_what: string, rows: readonly UsageRow[]): Promise<void> => {
    // Before it is known that these are not written, another request has come.
    if (isFull) add();
    if (isFull) return Promise.reject(new Error('the disk is full'));
    requests += rows.reduce((sum, row) => sum + row.requests, 0);
    return Promise.resolve();
  };
  const store = { ask, close: () => Promise.resolve() } as never;
  const recorder = new UsageRecorder({ store, log: { warn: () => undefined } as never, date: () => 0 });
  const add = (): void => recorder.add(one, { model: 'm' }, undefined, [], 0);
  add();
  await recorder.write();
  add();
  isFull = false;
  await recorder.write();
  add();
  await recorder.close();
  t.equal(requests, 4);
});
