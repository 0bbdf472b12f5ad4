import t, { type Test } from 'tap';
import { run } from '../command/run.ts';
import { openLab, type LabParts } from '../lab.ts';
import { testFolder } from '../test-folder.ts';

/** A gateway that keeps answers, and an upstream whose answers differ each time. */
async function open(t: Test, cache: Record<string, unknown> = {}, parts: LabParts = {}) {
  const lab = await openLab(t, { ...parts, config: { cache: { enabled: true, ...cache }, ...parts.config } });
  const asked = () => lab.upstream.posts.length;
  return { ...lab, count: asked };
}

t.test('the same request has the same answer, whatever order its members have', async (t) => {
  const { switchyard, count } = await open(t);
  const messages = [{ role: 'user', content: 'hi' }];
  const first = await switchyard.ask('/v1/chat/completions', { body: { model: 'm', messages, seed: 1 } });
  t.equal(first.headers['x-switchyard-cache'], 'miss');
  const second = await switchyard.ask('/v1/chat/completions', { body: { seed: 1, messages, model: 'm' } });
  t.equal(second.text, first.text);
  t.match(second.headers, {
    'x-switchyard-cache': 'hit',
    age: /^\d+$/,
    'content-type': /json/,
    'x-switchyard-provider': 'lab',
    'x-switchyard-attempts': '0',
  });
  t.not(second.headers['x-switchyard-request-id'], first.headers['x-switchyard-request-id']);
  t.match(await switchyard.trace(), {
    ending: 'complete',
    attempts: [],
    notes: [{ remark: /^answered from the cache: kept \d+ s ago$/ }],
  });
  t.equal(count(), 1);
  for (const body of [
    { model: 'm', messages, seed: 2 },
    { model: 'n', messages, seed: 1 },
    { model: 'm', messages, seed: 1, stream: true },
    { model: 'm', messages: [{ role: 'user', content: 'hi ' }], seed: 1 },
  ])
    t.equal((await switchyard.ask('/v1/chat/completions', { body })).headers['x-switchyard-cache'], 'miss');
  t.equal(
    (await switchyard.ask('/v1/messages', { body: { model: 'm', messages, max_tokens: 9 } })).status,
    200,
  );
  t.equal(count(), 7, 'the gateway was told that the provider has no /messages');
  const page = (await switchyard.ask('/metrics')).text;
  t.match(page, /switchyard_cache_hits_total 1\n/);
  t.match(page, /switchyard_cache_saved_tokens_total 19\n/);
});

t.test('a stream is sent again as a stream, in each API, also where it was translated', async (t) => {
  const { switchyard, count } = await open(t, {}, { provider: { surfaces: ['chat'] } });
  const messages = [{ role: 'user', content: 'hi' }];
  const asks: readonly (readonly [path: string, body: Record<string, unknown>])[] = [
    ['/v1/chat/completions', { messages, stream: true }],
    ['/v1/messages', { messages, max_tokens: 9, stream: true }],
    ['/v1/responses', { input: 'hi', stream: true }],
    ['/api/chat', { messages }],
    ['/v1beta/models/m:streamGenerateContent', { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }],
  ];
  for (const [path, more] of asks) {
    const ask = () => switchyard.ask(path, { body: { model: 'm', ...more } });
    const [first, second] = [await ask(), await ask()];
    t.equal(first.headers['x-switchyard-cache'], 'miss', path);
    t.equal(second.headers['x-switchyard-cache'], 'hit', path);
    t.equal(second.text, first.text, path);
    t.equal(second.headers['content-type'], first.headers['content-type'], path);
    t.equal(
      second.headers['content-length'] === undefined,
      first.headers['content-length'] === undefined,
      path,
    );
  }
  t.equal(count(), asks.length);
});

t.test('errors, cut streams and tools with a temperature are not kept', async (t) => {
  const { upstream, switchyard, count } = await open(t, { ttl: '1h' }, { upstream: { text: ['A', 'B'] } });
  const behaviours = ['status-500', 'status-400', 'cut-after-content', 'error-frame-after-content'] as const;
  for (const behaviour of behaviours) {
    upstream.behaveOnce(behaviour);
    await switchyard.chat({ stream: true });
    const next = await switchyard.chat({ stream: true, cache: behaviour });
    t.equal(next.headers['x-switchyard-cache'], 'miss', behaviour);
  }
  t.equal((await switchyard.chat({ stream: true })).headers['x-switchyard-cache'], 'miss');
  t.equal((await switchyard.chat({ stream: true })).headers['x-switchyard-cache'], 'hit');
  const before = count();
  const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
  for (const more of [{ tools }, { tools, temperature: 0.5 }, { tools, temperature: 0 }])
    for (let time = 0; time < 2; time++) await switchyard.chat(more);
  t.equal(count() - before, 5, 'only without chance');
});

t.test('a caller says by cache-control what it takes and what is kept', async (t) => {
  let now = 1_700_000_000_000;
  const { switchyard, count } = await open(t, { ttl: '60s' }, { injected: { date: () => now } });
  const ask = async (control?: string) => {
    const headers = control === undefined ? {} : { 'cache-control': control };
    return (await switchyard.chat({}, { headers })).headers['x-switchyard-cache'];
  };
  t.equal(await ask('no-store'), undefined);
  t.equal(await ask('max-age=5'), 'miss');
  now += 4_000;
  t.equal(await ask('max-age=5'), 'hit');
  now += 4_000;
  t.equal(await ask('max-age=5, no-transform'), 'miss', 'it is older');
  now += 30_000;
  t.equal(await ask(), 'hit');
  t.equal(await ask('no-cache'), 'miss', 'and is kept again');
  now += 59_000;
  t.equal(await ask(), 'hit');
  now += 1_000;
  t.equal(await ask(), 'miss', 'its time is over');
  t.equal(count(), 5);
});

t.test('a key gets the answers of that key, unless they are shared', async (t) => {
  for (const scope of ['key', 'shared']) {
    const server = { apiKeys: ['key-number-one', 'key-number-two'] };
    const config = { server, home: t.testdir({ [scope]: {} }) + `/${scope}` };
    const { switchyard, count } = await open(t, { scope }, { config });
    const ask = (key: string) => switchyard.chat({}, { headers: { authorization: `Bearer ${key}` } });
    const found: (string | undefined)[] = [];
    for (const key of ['key-number-one', 'key-number-two', 'key-number-one'])
      found.push((await ask(key)).headers['x-switchyard-cache']);
    t.same(found, scope === 'key' ? ['miss', 'miss', 'hit'] : ['miss', 'hit', 'hit']);
    t.equal(count(), scope === 'key' ? 2 : 1);
    const headers = { authorization: 'Bearer key-number-one' };
    const { totals } = (await switchyard.ask('/usage', { headers })).json();
    t.match(totals, { requests: 3, unknown: 0, reported: { prompt: 11 * count() } });
    const hits = 3 - count();
    t.match(totals.saved, { requests: hits, prompt: 11 * hits, completion: 8 * hits }, 'counted as saved');
  }
});

t.test('a response that its key may go on from is not shared with others', async (t) => {
  const server = { apiKeys: ['key-number-one', 'key-number-two'] };
  const { switchyard } = await open(
    t,
    { scope: 'shared' },
    { provider: { surfaces: ['chat'] }, config: { server, home: testFolder(t, {}) } },
  );
  const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
  const respond = (key: string, more = {}) =>
    switchyard.ask('/v1/responses', { ...as(key), body: { model: 'm', input: 'hi', ...more } });
  const own = await respond('key-number-one');
  const other = await respond('key-number-two');
  t.not(own.json().id, other.json().id);
  t.equal((await switchyard.ask(`/v1/responses/${own.json().id}`, as('key-number-one'))).status, 200);
  const found: (string | undefined)[] = [];
  for (const key of ['key-number-one', 'key-number-two'])
    found.push((await respond(key, { store: false })).headers['x-switchyard-cache']);
  t.same(found, ['miss', 'hit']);
});

t.test('what is kept is bounded, told and can be cleared, in memory and on disk', async (t) => {
  for (const store of ['memory', 'disk']) {
    const home = t.testdir({});
    const config = { home, discover: false };
    const { switchyard, upstream } = await open(
      t,
      { store, size: 65_536, largest: 20_000 },
      { config, upstream: { text: ['x'.repeat(9_000)] } },
    );
    for (let seed = 0; seed < 12; seed++) await switchyard.chat({ seed });
    const told = async () => (await switchyard.ask('/cache')).json();
    while ((await told()).stored < 12) await new Promise((resolve) => setTimeout(resolve, 5));
    t.match(await told(), { enabled: true, store, misses: 12, hits: 0 });
    t.ok((await told()).bytes <= 65_536 && (await told()).entries >= 1, store);
    t.equal((await switchyard.chat({ seed: 11 })).headers['x-switchyard-cache'], 'hit', store);
    t.equal((await switchyard.chat({ seed: 0 })).headers['x-switchyard-cache'], 'miss', 'the oldest went');
    upstream.behaveOnce('ok');
    const cache = (...words: string[]) =>
      run(['cache', ...words], { env: { SWITCHYARD_URL: switchyard.url } });
    t.match(await cache(), { code: 0, stdout: new RegExp(`^${store}\tkey\t\\d`) });
    t.match(await cache('clear'), { code: 0, stdout: /^\d+ answers removed\n$/ });
    t.match(await told(), { entries: 0, bytes: 0 });
    t.equal((await switchyard.chat({ seed: 11 })).headers['x-switchyard-cache'], 'miss');
    t.match(await cache('fill'), { code: 2, stderr: /'fill' is not clear/ });
    await switchyard.close();
    if (store === 'memory') continue;
    const again = await open(t, { store }, { config, provider: { baseUrl: upstream.url } });
    t.match((await again.switchyard.ask('/cache')).json(), { entries: 1 });
    t.equal(
      (await again.switchyard.chat({ seed: 11 })).headers['x-switchyard-cache'],
      'hit',
      'it outlives the gateway',
    );
  }
});

t.test('what was taken out of a request is put back into a kept answer', async (t) => {
  const { switchyard, count } = await open(
    t,
    { scope: 'shared' },
    {
      upstream: { text: ['to [EM', 'AIL_1]'] },
      config: { redact: { find: ['email'] }, cache: { enabled: true } },
    },
  );
  for (const [nth, who] of ['ann@example.org', 'bob@example.org'].entries()) {
    const messages = [{ role: 'user', content: `I am ${who}` }];
    for (const stream of [true, false]) {
      const answer = await switchyard.chat({ messages, stream });
      t.match(stream ? answer.content : answer.text, `to ${who}`);
      t.equal(answer.headers['x-switchyard-cache'], nth === 0 ? 'miss' : 'hit');
    }
  }
  t.equal(count(), 2, 'both have the same request once it is redacted');
});

t.test('without it there is none', async (t) => {
  const { switchyard } = await openLab(t);
  for (let time = 0; time < 2; time++)
    t.equal((await switchyard.chat()).headers['x-switchyard-cache'], undefined);
  t.match((await switchyard.ask('/cache')).json(), { enabled: false, entries: 0 });
  t.match((await switchyard.ask('/cache', { method: 'DELETE' })).json(), { removed: 0 });
});

t.test(
  'a request of very many values is not kept: to put them in order would keep others waiting',
  async (t) => {
    const { switchyard, count } = await open(t);
    for (const [values, kept] of [
      [10, 'miss'],
      [10, 'hit'],
      [30_000, undefined],
      [30_000, undefined],
    ] as const) {
      const body = { model: 'm', messages: [], metadata: Array.from({ length: values }, () => ({})) };
      const answer = await switchyard.ask('/v1/chat/completions', { body });
      t.match({ status: answer.status, kept: answer.headers['x-switchyard-cache'] }, { status: 200, kept });
    }
    t.equal(count(), 3);
  },
);
