import t from 'tap';
import { startSwitchyard } from '../../switchyard.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import type { Received } from '../../upstream/received.ts';
import { codeOf, openKeyed } from './keyed.ts';

/** the beginning of a minute, an hour and no day */
const NOW = 1_800_003_600_000;
const at = (now = NOW) => ({ injected: { date: () => now } });
const isPost = ({ method }: Received): boolean => method === 'POST';

t.test(
  'of a thousand requests at once exactly a hundred pass a limit of a hundred, though half fail over and a tenth leave',
  { timeout: 300_000 },
  async (t) => {
    const [one, two] = await Promise.all(['one', 'two'].map((name) => startUpstream({ name, interval: 0 })));
    t.teardown(() => Promise.all([one?.close(), two?.close()]));
    const of = (upstream = one) => ({
      use: 'openai-compatible',
      baseUrl: upstream?.url,
      apiKey: 'k',
      models: { m: 'm' },
    });
    const targets = [{ provider: 'one' }, { provider: 'two', priority: 1 }];
    const { make, chat } = await openKeyed(t, {
      ...at(),
      config: {
        providers: { one: of(one), two: of(two) },
        models: { m: { strategy: { use: 'priority' }, targets } },
      },
    });
    const key = await make('app', { limits: { requests: { minute: 100 } } });
    const release = Promise.withResolvers<void>();
    for (const upstream of [one, two]) upstream!.behave('slow-first-byte', { until: release.promise });
    one!.behaveWhen((request) => Number(request.fields()['user']) % 2 === 1, 'status-500');
    const leave = new AbortController();
    const asked = Array.from({ length: 1_000 }, (_, nth) =>
      chat(
        key,
        { user: String(nth), stream: nth % 3 === 0 },
        nth % 10 === 0 ? { signal: leave.signal } : {},
      ).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await one!.seen(100, isPost);
    leave.abort();
    release.resolve();
    const statuses = await Promise.all(asked);
    const left = statuses.filter((status) => status === 0).length;
    const passed = one!.requests.filter(isPost).length;
    t.equal(passed, 100, 'the first target was asked once for each that passed');
    t.ok(two!.requests.filter(isPost).length > 0, 'some of them failed over');
    t.ok(statuses.every((status) => [0, 200, 429].includes(status)));
    t.ok(statuses.filter((status) => status === 200).length >= 100 - left);
    t.ok(statuses.filter((status) => status === 200).length <= 100);
    t.equal((await chat(key)).status, 429, 'those that left are counted');
  },
);

t.test('an answer says how much is left, and a refusal which limit and until when', async (t) => {
  let now = NOW + 20_000;
  const { make, chat, as, asked } = await openKeyed(t, { injected: { date: () => now } });
  const key = await make('app', { limits: { requests: { minute: 2, hour: 100 } } });
  const first = await chat(key);
  t.match(first, {
    status: 200,
    headers: {
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '40s',
    },
  });
  t.notMatch(first.headers, { 'x-ratelimit-limit-tokens': String });
  t.equal((await chat(key, { stream: true })).headers['x-ratelimit-remaining-requests'], '0');
  const refused = await chat(key, { stream: true });
  t.match(refused, {
    status: 429,
    headers: { 'retry-after': '40', 'x-ratelimit-remaining-requests': '0', 'content-type': /json/ },
  });
  t.match(refused.json().error, {
    code: 'rate_limited',
    type: 'rate_limit_error',
    message: /the key 'app' may use 2 requests a minute and has used 2; the minute ends in 40s, at 20/,
  });
  const messages = await as(key, '/v1/messages', { body: { model: 'm', max_tokens: 1, messages: [] } });
  t.match(messages, { status: 429, headers: { 'retry-after': '40' } });
  t.match(messages.json(), { type: 'error', error: { type: 'rate_limit_error' } }, "in the caller's API");
  t.equal(codeOf(await as(key, '/v1/files')), 'rate_limited', 'a path without a model counts, too');
  t.equal(asked().length, 2, 'no upstream was asked more');
  now += 40_000;
  t.equal((await chat(key)).status, 200, 'the next minute');
});

t.test('of the limits that an upstream tells of, those that the gateway has, too, are its own', async (t) => {
  const { make, chat, upstream } = await openKeyed(t, at());
  const key = await make('app', { limits: { requests: { minute: 5 } } });
  const headers = { 'x-ratelimit-remaining-requests': '77', 'x-ratelimit-remaining-tokens': '88' };
  const choices = [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }];
  for (const [code, left] of [
    [200, '4'],
    [400, '3'],
  ] as const) {
    upstream.behaveOnce('status', { code, headers, ...(code === 200 && { body: { choices } }) });
    t.match(await chat(key), {
      status: code,
      headers: { 'x-ratelimit-remaining-requests': left, 'x-ratelimit-remaining-tokens': '88' },
    });
  }
});

t.test('a request that tries several targets counts once', async (t) => {
  const { make, chat, upstream } = await openKeyed(t, { ...at(), config: { retry: { again: 2 } } });
  const key = await make('app', { limits: { requests: { day: 2 } } });
  upstream.behaveOnce('status-500');
  const answer = await chat(key);
  t.match(answer.headers, { 'x-switchyard-attempts': '2', 'x-ratelimit-remaining-requests': '1' });
});

t.test('tokens are reserved by an estimate, and settled by the count of the upstream', async (t) => {
  const { make, chat, manage, upstream } = await openKeyed(t, at());
  const key = await make('app', { limits: { tokens: { hour: 100 } } });
  const answer = await chat(key, { max_tokens: 30 });
  const left = Number(answer.headers['x-ratelimit-remaining-tokens']);
  t.ok(left < 70 && left > 30, `${left}: its text and 30 are reserved`);
  const ended = async (): Promise<void> => {
    while ((await manage('GET', '/keys/app')).json().running > 0) await new Promise(setImmediate);
  };
  await ended();
  const release = Promise.withResolvers<void>();
  upstream.behave('slow-first-byte', { until: release.promise });
  let refused = 0;
  const running = Array.from({ length: 10 }, async () => {
    const one = await chat(key, { max_tokens: 20 });
    if (one.status === 429 && ++refused === 8) release.resolve();
    return one;
  });
  const statuses = (await Promise.all(running)).map(({ status }) => status);
  t.strictSame(statuses.toSorted(), [200, 200, ...Array.from({ length: 8 }, () => 429)], 'two fit into 80');
  await ended();
  upstream.behave('ok');
  const last = await chat(key, { max_tokens: 1 });
  const now = Number(last.headers['x-ratelimit-remaining-tokens']);
  t.ok(now < 40 && now > 10, `${now} of 40: the others have used 20 each, as counted`);
});

t.test('a request that can never fit is refused with that reason', async (t) => {
  const { make, chat } = await openKeyed(t, at());
  const key = await make('app', { limits: { tokens: { minute: 100 } } });
  const { status, headers, json } = await chat(key, { max_tokens: 1_000 });
  t.equal(status, 429);
  t.equal(headers['retry-after'], undefined);
  t.match(json().error.message, /may need 1\d\d\d tokens, .* 100 tokens a minute: shorten it/);
});

t.test('a limit of 0 lets nothing through, and says that no wait helps', async (t) => {
  const { make, chat } = await openKeyed(t, at());
  for (const [name, limits, words] of [
    ['tokens', { tokens: { day: 0 } }, '0 tokens a day'],
    ['requests', { requests: { minute: 0 } }, '0 requests a minute'],
    ['once', { concurrency: 0 }, '0 requests at once'],
  ] as const) {
    const refused = await chat(await make(name, { limits }));
    t.equal(codeOf(refused), 'rate_limited');
    t.equal(refused.headers['retry-after'], undefined);
    t.match(refused.json().error.message, new RegExp(`may use ${words}; an operator can give more`));
  }
});

t.test('what a caller that leaves has reserved is given back', async (t) => {
  const { make, chat, upstream } = await openKeyed(t, at());
  const key = await make('app', { limits: { tokens: { hour: 200 }, concurrency: 1 } });
  const leave = new AbortController();
  upstream.behaveOnce('stall-before-head');
  const left = chat(key, { max_tokens: 150 }, { signal: leave.signal }).catch(() => 'left');
  await upstream.seen(1, isPost);
  const meanwhile = await chat(key, { max_tokens: 10 });
  t.match(meanwhile, { status: 429, headers: { 'retry-after': '1' } });
  t.match(meanwhile.json().error.message, /1 requests at once/);
  leave.abort();
  t.equal(await left, 'left');
  while ((await chat(key, { max_tokens: 150 })).status !== 200) await new Promise(setImmediate);
});

t.test('what was used of a day outlives the gateway', async (t) => {
  const { make, chat, home, switchyard } = await openKeyed(t, at());
  const key = await make('app', { limits: { requests: { day: 3 } } });
  await chat(key);
  await chat(key);
  await switchyard.close();
  const again = await startSwitchyard(
    t,
    { home, providers: { lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } } },
    { date: () => NOW + 1_000 },
  );
  const ask = () => again.chat({}, { headers: { 'x-api-key': key } });
  t.equal((await ask()).headers['x-ratelimit-remaining-requests'], '0');
  t.equal((await ask()).status, 429);
});

t.test('a change of limits holds at once, and what was used stays', async (t) => {
  const { make, chat, manage } = await openKeyed(t, at());
  const key = await make('app', { limits: { requests: { minute: 1 } } });
  t.equal((await chat(key)).status, 200);
  t.equal((await chat(key)).status, 429);
  await manage('PATCH', '/keys/app', { limits: { requests: { minute: 3 } } });
  t.equal((await chat(key)).headers['x-ratelimit-remaining-requests'], '1');
  await manage('PATCH', '/keys/app', { limits: {} });
  t.equal((await chat(key)).headers['x-ratelimit-remaining-requests'], undefined);
  for (const [limits, param] of [
    [{ requests: { week: 1 } }, 'limits.requests.week'],
    [{ tokens: { day: -1 } }, 'limits.tokens.day'],
    [{ concurrency: 'many' }, 'limits.concurrency'],
    [[], 'limits'],
  ] as const)
    t.match((await manage('PATCH', '/keys/app', { limits })).json().error, { param });
});
