// What must be one for all threads: slots, limits, circuits, keys.
import t, { type Test } from 'tap';
import { Client, type Dispatcher } from 'undici';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, askBeside, chat, json, spread, startThreads, threadOf } from './gateway.ts';

const lab = (baseUrl: string, more: object = {}) => ({
  use: 'openai-compatible',
  baseUrl,
  models: { m: 'm' },
  ...more,
});

t.test(
  'a provider never has more requests at once than its concurrency, in all threads together',
  async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    upstream.behave('slow-first-byte', { delay: 5 });
    const { url } = await startThreads(t, {
      providers: { lab: lab(upstream.url, { concurrency: 3 }) },
      timeouts: { queue: '60s' },
    });
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, upstream.active)), 1);
    const all = [...(await spread(url, 48)), ...(await spread(url, 48))];
    clearInterval(watching);
    t.same(new Set(all.map(({ status }) => status)), new Set([200]));
    t.equal(new Set(all.map(({ thread }) => thread === '0')).size, 2, 'both threads had some');
    t.ok(most <= 3, `${most} at once`);
    t.equal(most, 3, 'all slots are used');
    const metrics = await (await ask(`${url}/metrics`)).body.text();
    t.match(metrics, /switchyard_waiting\{provider="lab"\} 0\n/);
  },
);

t.test('a limit lets exactly as many through as it has, from all threads together', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const { url } = await startThreads(t, {
    server: { apiKeys: ['a-key-of-callers'], adminKeys: ['a-key-of-admins'] },
    auth: { limits: { all: { requests: { day: 137 } } } },
    providers: { lab: lab(upstream.url) },
  });
  const counts = new Map<number, number>();
  for (let time = 0; time < 10; time++)
    for (const { status } of await spread(url, 100, { authorization: 'Bearer a-key-of-callers' }))
      counts.set(status, (counts.get(status) ?? 0) + 1);
  t.same(Object.fromEntries(counts), { 200: 137, 429: 863 });
  const headers = { authorization: 'Bearer a-key-of-admins' };
  const { data } = await json<{ data: { used: { used: number }[] }[] }>(`${url}/limits`, { headers });
  t.equal(data[0]?.used[0]?.used, 137);
  const usage = await json<{ totals: { requests: number } }>(`${url}/usage`, { headers });
  t.equal(usage.totals.requests, 137, 'usage has the requests of all threads');
  const wrong = await spread(url, 6, { authorization: 'Bearer not-a-key' });
  t.same(new Set(wrong.map(({ status }) => status)), new Set([401]));
});

/** Chats over one connection, which another thread than the main one serves. */
async function connectionBeside(t: Test, url: string): Promise<() => Promise<Dispatcher.ResponseData>> {
  for (;;) {
    const client = new Client(url);
    t.teardown(() => client.destroy());
    const go = () =>
      client.request({
        path: '/v1/chat/completions',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages: [] }),
      });
    const answer = await go();
    await answer.body.dump();
    if (threadOf(answer) !== '0') return go;
  }
}

t.test('what one thread finds out about a target, all know', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const { url } = await startThreads(t, {
    breaker: { failures: 2, first: '60s' },
    retry: { attempts: 1 },
    providers: { lab: lab(upstream.url) },
  });
  upstream.behave('status-500');
  for (let failed = 0; failed < 2; failed++) await (await askBeside(() => chat(url))).body.dump();
  type Shown = { targets: { target: string; blocks: Record<string, unknown> }[] };
  for (;;) {
    const { targets } = await json<Shown>(`${url}/providers/lab`);
    if (targets.some(({ blocks }) => blocks['breaker'] !== undefined)) break;
  }
  t.pass('the main thread shows the circuit that another has opened');

  await (await ask(`${url}/targets/lab/m/reset`, { method: 'POST' })).body.dump();
  upstream.behave('ok');
  const beside = await connectionBeside(t, url);
  upstream.behave('status', { code: 429, headers: { 'retry-after': '60' } });
  const first = await beside();
  t.equal(first.statusCode, 429);
  await first.body.dump();
  for (;;) {
    const { targets } = await json<Shown>(`${url}/providers/lab`);
    if (targets.some(({ blocks }) => blocks['quota'] !== undefined)) break;
  }
  const before = upstream.posts.length;
  const threads = new Set<string>();
  while (threads.size < 2) {
    const answer = await chat(url);
    threads.add(threadOf(answer) === '0' ? 'main' : 'other');
    t.equal(answer.statusCode, 429);
    await answer.body.dump();
  }
  t.equal(upstream.posts.length, before, 'no thread asks before the time that one was told');
});

t.test('keys that are made, changed and revoked hold in all threads from the next request on', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const { url } = await startThreads(t, {
    server: { adminKeys: ['a-key-of-admins'] },
    providers: { lab: lab(upstream.url) },
  });
  const admin = { authorization: 'Bearer a-key-of-admins', 'content-type': 'application/json' };
  const made = await json<{ key: string }>(`${url}/keys`, {
    method: 'POST',
    headers: admin,
    body: JSON.stringify({ name: 'app', limits: { requests: { day: 20 } } }),
  });
  const headers = { authorization: `Bearer ${made.key}` };
  const all = await spread(url, 40, headers);
  t.equal(all.filter(({ status }) => status === 200).length, 20);
  t.equal(all.filter(({ status }) => status === 429).length, 20);
  const key = await json<{ lastUsed: string | null }>(`${url}/keys/app`, { headers: admin });
  t.type(key.lastUsed, 'string');
  await json(`${url}/keys/app`, { method: 'PATCH', headers: admin, body: JSON.stringify({ limits: {} }) });
  t.same(new Set((await spread(url, 20, headers)).map(({ status }) => status)), new Set([200]));
  await json(`${url}/keys/app/revoke`, { method: 'POST', headers: admin, body: '{}' });
  t.same(new Set((await spread(url, 20, headers)).map(({ status }) => status)), new Set([401]));
});
