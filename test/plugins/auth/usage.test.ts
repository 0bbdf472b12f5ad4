import t from 'tap';
import { openLab } from '../../lab.ts';
import { testFolder } from '../../test-folder.ts';
import { startSwitchyard, type Answer, type Parsed } from '../../switchyard.ts';
import { codeOf, openKeyed } from './keyed.ts';

const NOW = Date.parse('2027-01-15T10:20:00Z');
/** what the fake upstream counts of each answer */
const COUNTED = { prompt: 11, completion: 8 };
const times = (count: number) => ({
  prompt: count * COUNTED.prompt,
  completion: count * COUNTED.completion,
  cached: 0,
  cacheWritten: 0,
});
const told = (answer: Answer): Parsed => answer.json();

t.test(
  'usage is told by key, owner, label, model, provider and time, as the upstream counted it',
  async (t) => {
    let now = NOW;
    const { make, chat, manage } = await openKeyed(t, {
      injected: { date: () => now },
      provider: { models: { m: 'm', n: 'n' } },
    });
    const ada = await make('ada-key', { owner: 'Ada', labels: ['team-a', 'web'] });
    const bob = await make('bob-key', { owner: 'Bob', labels: ['team-a'] });
    for (let turn = 0; turn < 3; turn++) await chat(ada, { stream: turn === 1 });
    await chat(ada, { model: 'n' });
    await chat(bob, { stream: true });
    now += 86_400_000;
    await chat(bob);
    const by = async (query: string) => told(await manage('GET', `/usage?${query}`));
    const rows = async (group: string, more = '') =>
      (await by(`by=${group}${more}`)).data.map((row: Parsed) => [row[group], row.requests, row.reported]);
    t.strictSame(await rows('key'), [
      ['ada-key', 4, times(4)],
      ['bob-key', 2, times(2)],
    ]);
    t.strictSame(await rows('owner'), [
      ['Ada', 4, times(4)],
      ['Bob', 2, times(2)],
    ]);
    t.strictSame(await rows('label'), [
      ['team-a', 6, times(6)],
      ['web', 4, times(4)],
    ]);
    t.strictSame(await rows('model'), [
      ['m', 5, times(5)],
      ['n', 1, times(1)],
    ]);
    t.strictSame(await rows('provider'), [['lab', 6, times(6)]]);
    t.strictSame(await rows('day'), [
      ['2027-01-15', 5, times(5)],
      ['2027-01-16', 1, times(1)],
    ]);
    t.strictSame(await rows('hour', '&key=bob-key'), [
      ['2027-01-15T10:00:00Z', 1, times(1)],
      ['2027-01-16T10:00:00Z', 1, times(1)],
    ]);
    t.strictSame(await rows('key', '&label=web'), [['ada-key', 4, times(4)]]);
    t.strictSame(await rows('label', '&key=bob-key'), [['team-a', 2, times(2)]]);
    t.equal((await by('by=label,key')).data.length, 3);
    t.strictSame(await rows('key', '&since=2027-01-16'), [['bob-key', 1, times(1)]]);
    t.match(await by('by=key,model'), {
      by: ['key', 'model'],
      data: [{ key: 'ada-key', model: 'm', requests: 3 }, { model: 'n' }, { key: 'bob-key' }],
      totals: {
        requests: 6,
        failed: 0,
        unknown: 0,
        reported: times(6),
        estimated: { prompt: 0, completion: 0 },
      },
    });
    const csv = await manage('GET', '/usage?by=key,day&format=csv');
    t.match(csv.headers['content-type'], /^text\/csv/);
    t.equal(
      csv.text,
      [
        'key,day,requests,failed,unknown,prompt,completion,estimatedPrompt,estimatedCompletion,cached,cacheWritten,cost,estimatedCost,unpriced,kept,savedPrompt,savedCompletion,savedCost',
        'ada-key,2027-01-15,4,0,0,44,32,0,0,0,0,,,4,0,0,0,0',
        'bob-key,2027-01-15,1,0,0,11,8,0,0,0,0,,,1,0,0,0,0',
        'bob-key,2027-01-16,1,0,0,11,8,0,0,0,0,,,1,0,0,0,0',
        '',
      ].join('\r\n'),
    );
  },
);

t.test('reported, estimated and unknown are never mixed', async (t) => {
  const { make, chat, as, manage, upstream } = await openKeyed(t);
  const key = await make('app');
  await chat(key);
  upstream.behaveOnce('cut-after-content');
  await chat(key, { stream: true });
  await as(key, '/v1/files');
  upstream.behaveOnce('status-400');
  await chat(key);
  const { totals } = told(await manage('GET', '/usage'));
  t.match(totals, { requests: 4, unknown: 1, reported: COUNTED });
  t.ok(totals.failed >= 1);
  t.ok(totals.estimated.completion > 0, 'what was delivered of the cut stream');
});

t.test('the holder of a key sees its own usage and limits, without the key of an admin', async (t) => {
  const { make, chat, as } = await openKeyed(t, { injected: { date: () => NOW } });
  const limits = { requests: { hour: 10 }, tokens: { day: 1_000 }, concurrency: 2 };
  const [own, other] = [await make('own', { limits }), await make('other')];
  await chat(own);
  await chat(other);
  const seen = told(await as(own, '/usage?by=key,model'));
  t.strictSame(
    seen.data.map(({ key, requests }: Parsed) => [key, requests]),
    [['own', 1]],
  );
  const its = { name: null, of: {} };
  t.strictSame(seen.limits, [
    { limit: 'requests', per: 'hour', most: 10, used: 1, left: 9, ends: '2027-01-15T11:00:00.000Z', ...its },
    {
      limit: 'tokens',
      per: 'day',
      most: 1_000,
      used: 19,
      left: 981,
      ends: '2027-01-16T00:00:00.000Z',
      ...its,
    },
    { limit: 'concurrency', per: null, most: 2, used: 0, left: 2, ends: null, ...its },
  ]);
  t.equal(codeOf(await as(own, '/usage?key=other')), 'role_not_allowed');
  t.equal((await as(own, '/usage?key=own')).status, 200);
});

t.test('keys of the config are counted, too, and see their own where there is an admin', async (t) => {
  const server = { apiKeys: ['caller-key-1', 'caller-key-2'], adminKeys: ['admin-key-1'] };
  const { switchyard } = await openLab(t, { config: { home: testFolder(t, {}), server } });
  const ask = (key: string) => ({ headers: { 'x-api-key': key } });
  for (const key of server.apiKeys) await switchyard.chat({}, ask(key));
  const keys = async (key: string) =>
    told(await switchyard.ask('/usage', ask(key))).data.map((row: Parsed) => row.key);
  t.strictSame(await keys('caller-key-1'), ['key 1']);
  t.strictSame(await keys('admin-key-1'), ['key 1', 'key 2']);
  t.equal((await switchyard.ask('/usage')).status, 401);
});

t.test('with the keys of admins alone models need no key, and usage does', async (t) => {
  const { switchyard } = await openLab(t, {
    config: { home: testFolder(t, {}), server: { adminKeys: ['admin-key-1'] } },
  });
  t.equal((await switchyard.chat()).status, 200);
  t.equal(codeOf(await switchyard.ask('/usage')), 'missing_api_key');
});

t.test('usage outlives the gateway, and a wrong query is refused with the reason', async (t) => {
  const { make, chat, home, switchyard, manage, admin } = await openKeyed(t);
  await chat(await make('app'));
  for (const [query, param] of [
    ['by=planet', 'by'],
    ['since=soon', 'since'],
    ['format=xml', 'format'],
    ['model=a&model=b', 'model'],
    ['keys=a', 'keys'],
  ] as const)
    t.match(told(await manage('GET', `/usage?${query}`)).error, { code: 'invalid_request', param }, query);
  await switchyard.close();
  const again = await startSwitchyard(t, { home });
  const { data } = told(await again.ask('/usage', { headers: { 'x-api-key': admin } }));
  t.match(data, [{ key: 'app', requests: 1, reported: COUNTED }]);
});

t.test(
  'what requests cost is told by the prices of the config, and an unknown price is no price of zero',
  async (t) => {
    const { make, chat, manage, upstream } = await openKeyed(t, {
      provider: { models: { m: 'dear', n: 'unheard-of' } },
      config: { auth: { prices: { 'lab/dear': { input: 1_000_000, output: 2_000_000 } } } },
    });
    const key = await make('app');
    await chat(key);
    await chat(key, { stream: true });
    await chat(key, { model: 'n' });
    upstream.behaveOnce('cut-after-content');
    await chat(key, { stream: true });
    const { data, totals } = told(await manage('GET', '/usage?by=model'));
    const each = COUNTED.prompt + 2 * COUNTED.completion;
    t.match(data, [
      { model: 'm', cost: { reported: 2 * each, unpriced: 0 } },
      { model: 'n', reported: COUNTED, cost: { reported: null, estimated: null, unpriced: 1 } },
    ]);
    t.ok(data[0].cost.estimated > 0, 'of the cut stream');
    t.match(totals.cost, { reported: 2 * each, unpriced: 1 });
  },
);
