import t from 'tap';
import { until } from '../../fleet.ts';
import { startSwitchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import { testFolder } from '../../test-folder.ts';
import { codeOf, openKeyed } from './keyed.ts';

/** the beginning of a minute, an hour and no day */
const NOW = 1_800_003_600_000;
const isPost = ({ method }: Received): boolean => method === 'POST';

t.test('a limit counts apart each key, owner, label, model and provider that it names', async (t) => {
  const { make, chat, manage } = await openKeyed(t, {
    injected: { date: () => NOW },
    provider: { models: { m: 'm', n: 'n' } },
    config: {
      auth: {
        limits: {
          owners: { per: ['owner'], requests: { minute: 4 } },
          web: { per: ['label', 'model'], where: { label: 'web*' }, requests: { hour: 2 } },
          all: { requests: { day: 9 } },
        },
      },
    },
  });
  const ada = await make('ada', { owner: 'Ada', labels: ['web-1'] });
  const adas = await make('adas', { owner: 'Ada' });
  const bob = await make('bob', { owner: 'Bob', labels: ['web-1', 'web-2'] });
  const status = async (key: string, model = 'm') => (await chat(key, { model })).status;
  t.strictSame([await status(ada), await status(bob)], [200, 200]);
  const refused = await chat(ada);
  t.match(refused, { status: 429, headers: { 'x-switchyard-limit': 'web', 'retry-after': '3600' } });
  t.match(
    refused.json().error.message,
    /the limit 'web' of label 'web-1', model 'm' may use 2 requests an hour and has used 2; the hour ends in 1h0m0s/,
  );
  t.equal(await status(bob), 429, 'a key with two labels needs room in both');
  t.equal(await status(ada, 'n'), 200, 'another model');
  t.strictSame([await status(adas), await status(adas)], [200, 200], 'a key without that label');
  const fifth = await chat(adas);
  t.match(fifth, {
    status: 429,
    headers: { 'x-switchyard-limit': 'owners', 'x-ratelimit-remaining-requests': '0' },
  });
  t.equal(await status(bob, 'n'), 200, 'another owner');
  const { data } = (await manage('GET', '/limits')).json();
  t.match(data, [
    { name: 'owners', from: 'config', per: ['owner'], requests: { minute: 4 } },
    { name: 'web', where: { label: 'web*' } },
    { name: 'all', used: [{ limit: 'requests', per: 'day', most: 9, used: 6, left: 3, of: {} }] },
  ]);
  t.match(data[0].used, [
    { of: { owner: 'Ada' }, used: 4 },
    { of: { owner: 'Bob' }, used: 2 },
  ]);
});

t.test('a target whose limit is spent is passed over, at each fallback, and others go on', async (t) => {
  const [one, two] = await Promise.all(['one', 'two'].map((name) => startUpstream({ name, interval: 0 })));
  t.teardown(() => Promise.all([one?.close(), two?.close()]));
  const of = (upstream = one) => ({ use: 'openai-compatible', baseUrl: upstream?.url, apiKey: 'k' });
  const { make, chat, manage } = await openKeyed(t, {
    injected: { date: () => NOW },
    config: {
      providers: {
        one: { ...of(), models: { m: 'm' } },
        two: { ...of(two), models: { m: 'm', spare: 's' } },
      },
      models: {
        m: {
          strategy: { use: 'priority' },
          targets: [{ provider: 'one' }, { provider: 'two', priority: 1 }],
          fallbacks: ['spare'],
        },
      },
      auth: {
        limits: {
          one: { where: { provider: 'ONE' }, requests: { minute: 2 } },
          two: { where: { provider: 'two', model: 'm' }, requests: { minute: 1 } },
          spare: { where: { model: 's*' }, per: ['model'], requests: { hour: 1 } },
        },
      },
    },
  });
  const key = await make('app');
  const by = async () => {
    const { status, headers } = await chat(key);
    return status === 200 ? `${headers['x-switchyard-provider']}/${headers['x-switchyard-model']}` : status;
  };
  t.strictSame([await by(), await by(), await by()], ['one/m', 'one/m', 'two/m']);
  const last = await chat(key);
  t.match(last.headers, {
    'x-switchyard-provider': 'two',
    'x-switchyard-model': 's',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1h0m0s',
  });
  const id = String(last.headers['x-switchyard-request-id']);
  const { notes } = (await manage('GET', `/requests/${id}`)).json();
  t.match(JSON.stringify(notes), /rate_limited: the limit 'one' may use 2 requests a minute/);
  const refused = await chat(key);
  t.match(refused, { status: 429, headers: { 'retry-after': '60' } }, 'the first of them to be back');
  t.match(refused.json().error.code, 'rate_limited');
  t.equal(one!.requests.filter(isPost).length + two!.requests.filter(isPost).length, 4);
  const { totals } = (await manage('GET', '/usage')).json();
  t.equal(totals.requests, 4, 'what was refused has used nothing');
});

t.test('an attempt that fails gives its tokens and its place back before the next', async (t) => {
  const { make, chat, upstream } = await openKeyed(t, {
    injected: { date: () => NOW },
    config: {
      retry: { again: 2 },
      auth: {
        limits: {
          lab: { per: ['provider'], tokens: { minute: 150 }, requests: { minute: 2 }, concurrency: 1 },
        },
      },
    },
  });
  const key = await make('app');
  upstream.behaveOnce('status-500');
  const answer = await chat(key, { max_tokens: 100 });
  t.match(answer, {
    status: 200,
    headers: { 'x-switchyard-attempts': '2', 'x-ratelimit-remaining-requests': '1' },
  });
  t.equal((await chat(key, { max_tokens: 100 })).status, 200, 'what was used is what was counted');
  t.equal((await chat(key, { max_tokens: 10 })).headers['x-switchyard-limit'], 'lab');
});

t.test('limits hold without any key, on each path, and for keys of the config', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const config = {
    home: testFolder(t, {}),
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'k', models: { m: 'm' } } },
    auth: {
      limits: { all: { requests: { day: 2 } }, lab: { where: { provider: 'lab' }, requests: { day: 1 } } },
    },
  };
  const open = await startSwitchyard(t, config, { date: () => NOW });
  t.equal((await open.ask('/v1/files')).status, 200);
  t.match(await open.chat(), { status: 429, headers: { 'x-switchyard-limit': 'lab' } });
  t.match(await open.ask('/v1/files'), {
    status: 429,
    headers: { 'x-switchyard-limit': 'lab', 'retry-after': /\d+/ },
  });
  const keyed = await startSwitchyard(
    t,
    { ...config, home: testFolder(t, {}), server: { apiKeys: ['caller-key-1'] } },
    { date: () => NOW },
  );
  const ask = { headers: { 'x-api-key': 'caller-key-1' } };
  t.strictSame([(await keyed.chat({}, ask)).status, (await keyed.chat({}, ask)).status], [200, 429]);
  const limits = async () => (await keyed.ask('/usage', ask)).json().limits;
  // What a refused request has reserved is given back after its answer.
  await until(async () => (await limits())[0].used === 1);
  t.match(await limits(), [
    { name: 'all', limit: 'requests', per: 'day', most: 2, used: 1 },
    { name: 'lab', used: 1, left: 0 },
  ]);
});

t.test(
  'limits are made, changed and removed while the gateway runs, and outlive it with what they have counted',
  async (t) => {
    const { make, chat, as, manage, home, admin, switchyard } = await openKeyed(t, {
      injected: { date: () => NOW },
      config: { auth: { limits: { fixed: { requests: { minute: 50 } } } } },
    });
    const key = await make('app', { owner: 'Ada' });
    const made = await manage('POST', '/limits', {
      name: 'ada',
      where: { owner: ['Ada'] },
      requests: { day: 1 },
    });
    t.match(made.json(), {
      name: 'ada',
      from: 'api',
      where: { owner: ['Ada'] },
      requests: { day: 1 },
      used: [],
    });
    t.equal((await chat(key)).status, 200);
    t.equal((await chat(key)).headers['x-switchyard-limit'], 'ada');
    await manage('PATCH', '/limits/ada', { requests: { day: 2 } });
    t.equal((await chat(key)).status, 200, 'what was used stays');
    t.equal((await chat(key)).status, 429);
    for (const [body, param] of [
      [{ name: 'x', requests: { week: 1 } }, 'requests.week'],
      [{ name: 'x', per: ['planet'] }, 'per'],
      [{ name: 'x', where: { owner: 5 } }, 'where.owner'],
      [{ name: 'x', dollars: { day: -1 } }, 'dollars.day'],
      [{ requests: { day: 1 } }, 'name'],
      [{ name: 'x', limit: 1 }, 'limit'],
    ] as const)
      t.match((await manage('POST', '/limits', body)).json().error, { code: 'invalid_request', param });
    t.equal(codeOf(await manage('POST', '/limits', { name: 'ada' })), 'action_conflict');
    t.equal(codeOf(await manage('PATCH', '/limits/fixed', { requests: {} })), 'action_conflict');
    t.equal(codeOf(await manage('GET', '/limits/none')), 'limit_not_found');
    t.equal(codeOf(await as(key, '/limits')), 'role_not_allowed');
    await switchyard.close();
    const again = await startSwitchyard(
      t,
      { home, providers: { lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } } },
      { date: () => NOW + 1_000 },
    );
    const ask = (text: string) => ({ headers: { 'x-api-key': text } });
    t.match((await again.chat({}, ask(key))).headers, { 'x-switchyard-limit': 'ada' });
    const removed = await again.ask('/limits/ada', { method: 'DELETE', ...ask(admin) });
    t.strictSame(removed.json(), { removed: 'ada' });
    t.not((await again.chat({}, ask(key))).status, 429);
  },
);
