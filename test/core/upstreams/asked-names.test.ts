import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { upstream } from '../../in-front.ts';

const nameIn = ({ body }: Received): string => /"model":"([^"]*)"/.exec(body.toString())?.[1] ?? '';
const asks =
  (which: RegExp) =>
  (request: Received): boolean =>
    request.method === 'POST' && which.test(nameIn(request));
const list = ({ path }: Received): boolean => path.endsWith('/models');

/** Providers that any name is passed on to. */
async function start(t: Test, names: readonly ('one' | 'two')[], hasList = true) {
  const both = { one: await upstream(t, 'one'), two: await upstream(t, 'two') };
  if (!hasList) for (const name of names) both[name].behaveWhen(list, 'status', { code: 404 });
  const time = { now: 1_800_000_000_000 };
  const switchyard = await startSwitchyard(
    t,
    {
      providers: Object.fromEntries(
        names.map((name) => [name, { use: 'openai-compatible', baseUrl: both[name].url }]),
      ),
      retry: { again: 0 },
      breaker: { look: 0 },
      strategy: { use: 'round-robin' },
    },
    { now: () => time.now, random: () => 0.5 },
  );
  return { switchyard, ...both, time };
}

async function statuses(switchyard: Switchyard, models: readonly string[]): Promise<number[]> {
  const all = [];
  for (const model of models) all.push((await switchyard.chat({ model })).status);
  return all;
}

const times = (count: number, name: string): string[] => Array.from({ length: count }, () => name);
const well = (count: number): number[] => Array.from({ length: count }, () => 200);
const numbered = (count: number, name: string): string[] =>
  Array.from({ length: count }, (_, at) => `${name}-${at}`);
const asked = ({ posts }: Upstream, which: RegExp): number => posts.filter(asks(which)).length;

async function targetOfOne(switchyard: Switchyard) {
  const { providers } = (await switchyard.ask('/providers')).json();
  const one = providers.find(({ name }: { name: string }) => name === 'one');
  return one.targets.find(({ target }: { target: string }) => target === 'one/*');
}

for (const hasList of [true, false])
  t.test(
    `failures of one model do not count against others, ${hasList ? 'with' : 'without'} a list`,
    async (t) => {
      const { switchyard, one, two } = await start(t, ['one', 'two'], hasList);
      t.strictSame(await statuses(switchyard, times(4, 'good')), well(4));
      one.behaveWhen(asks(/^bad$/), 'status-500');
      t.strictSame(await statuses(switchyard, times(12, 'bad')), well(12));
      t.equal(asked(one, /^bad$/), 3, 'that name is blocked there');
      const before = [asked(one, /^good$/), asked(two, /^good$/)];
      t.strictSame(await statuses(switchyard, times(4, 'good')), well(4));
      t.strictSame([asked(one, /^good$/), asked(two, /^good$/)], [before[0]! + 2, before[1]! + 2]);
      t.strictSame((await switchyard.trace()).notes, [], 'nothing is held against anything');
      t.match(await targetOfOne(switchyard), {
        blocks: {},
        names: [{ target: 'one/bad', blocks: { breaker: {} } }],
      });
      t.notMatch((await switchyard.ask('/metrics')).text, /"[^"]*\bbad"/, 'names make no series');
    },
  );

t.test('a model of one provider is blocked alone, too, however long its pause', async (t) => {
  const { switchyard, one, time } = await start(t, ['one']);
  t.strictSame(await statuses(switchyard, ['good']), well(1));
  one.behaveWhen(asks(/^bad$/), 'status-429', { retryAfter: 900 });
  t.strictSame(await statuses(switchyard, times(3, 'bad')), [429, 429, 429]);
  t.equal(asked(one, /^bad$/), 1);
  t.strictSame(await statuses(switchyard, times(3, 'good')), well(3));
  t.match((await targetOfOne(switchyard)).names, [{ target: 'one/bad', blocks: { quota: {} } }]);
  time.now += 900_000;
  t.strictSame((await targetOfOne(switchyard)).names, []);
  t.strictSame(await statuses(switchyard, ['bad']), [429]);
  t.equal(asked(one, /^bad$/), 2);
});

t.test('models that were never answered do not count against a provider that answers others', async (t) => {
  const { switchyard, one } = await start(t, ['one', 'two']);
  t.strictSame(await statuses(switchyard, times(2, 'good')), well(2));
  one.behaveWhen(asks(/^made-up/), 'status-500');
  t.strictSame(await statuses(switchyard, numbered(12, 'made-up')), well(12));
  t.ok(asked(one, /^made-up/) > 3);
  const before = asked(one, /^good$/);
  t.strictSame(await statuses(switchyard, times(4, 'good')), well(4));
  t.equal(asked(one, /^good$/), before + 2);
});

for (const [what, known] of [
  ['that was never answered', []],
  ['whose names were answered before', ['a', 'b', 'c', 'a', 'b', 'c']],
] as const)
  t.test(`different models that fail in a row count against the provider: one ${what}`, async (t) => {
    const { switchyard, one, time } = await start(t, ['one', 'two']);
    t.strictSame(await statuses(switchyard, known), well(known.length));
    one.behave('status-500');
    const before = one.posts.length;
    t.strictSame(await statuses(switchyard, ['a', 'b', 'c']), well(3));
    const tried = one.posts.length;
    t.equal(tried - before, 3);
    t.strictSame(await statuses(switchyard, ['a', 'b', 'c', 'd', 'e', 'f', 'd', 'e', 'f']), well(9));
    t.equal(one.posts.length, tried, 'none is asked there any more');
    t.match((await targetOfOne(switchyard)).blocks, { breaker: {} });
    one.behave('ok');
    time.now += 1_000;
    t.strictSame(await statuses(switchyard, [...times(4, 'a'), ...times(4, 'g')]), well(8));
    t.ok(one.posts.length >= tried + 3, 'one request finds out, for all names');
    t.match((await targetOfOne(switchyard)).blocks, {});
  });

t.test('a connection failure counts against the provider, not the model', async (t) => {
  const { switchyard, one } = await start(t, ['one', 'two']);
  await one.close();
  t.strictSame(await statuses(switchyard, ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd']), well(8));
  const failed = (await switchyard.traces(8))
    .flatMap(({ attempts }) => attempts)
    .filter(({ target }) => target === 'one/*');
  t.equal(failed.length, 1);
});

t.test('made-up models take bounded memory, and evict nothing about models in use', async (t) => {
  const { switchyard, one } = await start(t, ['one']);
  t.strictSame(await statuses(switchyard, ['good', 'paused']), well(2));
  one.behaveWhen(asks(/^paused$/), 'status-429', { retryAfter: 600 });
  one.behaveWhen(asks(/^made-up/), 'status-429', { retryAfter: 300 });
  t.strictSame(await statuses(switchyard, ['paused']), [429]);
  const seen = asked(one, /^paused$/);
  for (const status of await statuses(switchyard, numbered(400, 'made-up')))
    if (status !== 429) t.fail(`${status}`);
  t.equal(asked(one, /^made-up/), 400);
  const { names } = await targetOfOne(switchyard);
  t.ok(names.length > 100 && names.length <= 256, `${names.length}`);
  t.strictSame(await statuses(switchyard, ['paused', 'good']), [429, 200]);
  t.equal(asked(one, /^paused$/), seen, 'its pause holds');
  t.strictSame(await statuses(switchyard, ['made-up-0']), [429]);
  t.equal(asked(one, /^made-up-0$/), 2, 'while the first of the others was forgotten');
});

t.test('a reset is of one model, or of all of a provider', async (t) => {
  const { switchyard, one } = await start(t, ['one']);
  one.behaveWhen(asks(/./), 'status-429', { retryAfter: 600 });
  t.strictSame(
    await statuses(switchyard, ['org/a', 'b', 'c', 'org/a', 'b', 'c']),
    times(6, '').map(() => 429),
  );
  t.equal(one.posts.length, 3);
  one.behaveWhen(asks(/./), 'ok');
  const reset = async (id: string) =>
    (await switchyard.ask(`/targets/${id}/reset`, { method: 'POST' })).json();
  t.match(await reset('one/org/a'), { target: 'one/org/a', lifted: ['quota'], out: [], success: true });
  t.strictSame(await statuses(switchyard, ['org/a', 'b', 'c']), [200, 429, 429]);
  t.match(await reset('one/*'), { success: true });
  t.strictSame(await statuses(switchyard, ['org/a', 'b', 'c']), well(3));
  t.match(await reset('one/never-asked'), { error: { code: 'target_not_found' } });
});
