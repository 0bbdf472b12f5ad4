import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { KEY, pair, until } from './peers/fleet.ts';
import { startSwitchyard, startSwitchyardFrom } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';

const bearer = { authorization: `Bearer ${KEY}` };

t.test('a model of a peer is a target like any, and both traces have the same id', async (t) => {
  const { asker, owner, upstream } = await pair(t);
  const names = (await asker.ask('/v1/models')).json().data.map(({ id }: { id: string }) => id);
  t.strictSame(names, ['m']);
  const answer = await asker.chat({ stream: true });
  t.equal(answer.status, 200);
  t.match(answer.content, /Hello there/);
  t.equal(answer.events.at(-1), '[DONE]');
  t.equal(answer.headers['x-switchyard-provider'], 'box');
  const trace = await asker.trace();
  t.equal(trace.attempts[0].target, 'box/m');
  const there = await owner.trace(trace.id);
  t.equal(there.id, trace.id);
  t.equal(there.key, 'peer laptop');
  t.equal(there.attempts[0].target, 'lab/m');
  const [post] = upstream.posts;
  t.equal(post?.headers.authorization, 'Bearer upstream-key', 'the mutual key goes no further');
  t.same(
    Object.keys(post?.headers ?? {}).filter((name) => name.startsWith('x-switchyard')),
    [],
  );
});

t.test('the key of a peer opens models and its feed, and nothing that manages the gateway', async (t) => {
  const { owner, asker } = await pair(t);
  const refused = await asker.ask('/peers/feed');
  t.equal(refused.status, 401);
  t.equal(refused.json().error.code, 'wrong_api_key');
  for (const [method, path] of [
    ['GET', '/requests'],
    ['GET', '/config'],
    ['GET', '/nodes'],
    ['POST', '/restart'],
    ['POST', '/providers/lab/stop'],
  ] as const) {
    const answer = await owner.ask(path, { method, headers: bearer });
    t.equal(answer.status, 403, path);
    t.equal(answer.json().error.code, 'role_not_allowed');
  }
  t.equal((await owner.chat({}, { headers: bearer })).status, 200);
  t.same((await owner.ask('/access', { headers: bearer })).json(), { key: 'peer laptop', role: 'caller' });
  t.equal((await owner.chat()).status, 200, 'a peer makes no key needed');
});

t.test('what only a peer may say is not believed from anything else', async (t) => {
  const { owner } = await pair(t);
  const headers = { 'x-switchyard-hop': 'req_made-up laptop', 'x-switchyard-peer': 'all' };
  const answer = await owner.chat({}, { headers });
  t.not(answer.headers['x-switchyard-request-id'], 'req_made-up');
});

t.test('a provider that is remote is offered where both sides want that', async (t) => {
  const remote = { use: 'openai-compatible', baseUrl: 'http://192.0.2.1:1/v1', models: { far: 'far' } };
  const peers = { laptop: { key: KEY, offers: 'all' }, guest: { key: `${KEY}-2` } };
  const { asker, owner } = await pair(t, { owner: { providers: { remote }, peers } });
  t.same((await asker.ask('/v1/models')).json().data, []);
  const refused = await owner.chat({ model: 'far' }, { headers: bearer });
  t.equal(refused.json().error.code, 'provider_not_allowed');
  const guest = { authorization: `Bearer ${KEY}-2`, 'x-switchyard-peer': 'all' };
  const more = await owner.chat({ model: 'far' }, { headers: guest });
  t.equal(more.json().error.code, 'provider_not_allowed', 'asking for more than is offered');
  const all = await startSwitchyard(t, {
    unknownModels: 'reject',
    peers: { box: { url: owner.url, key: KEY, providers: 'all' } },
  });
  t.match((await all.ask('/v1/models')).json().data, [{ id: 'far' }]);
});

t.test('errors, cuts and disconnects pass through as with any target', async (t) => {
  const { asker, upstream } = await pair(t);
  upstream.behaveOnce('cut-after-content');
  const cut = await asker.chat({ stream: true });
  t.match(cut.events.at(-1), /stream_cut/);
  upstream.behaveOnce('stall-after-content');
  const leaving = new AbortController();
  const left = asker.chat({ stream: true }, { signal: leaving.signal });
  const request = await upstream.seen(2, ({ method }) => method === 'POST');
  leaving.abort();
  await t.rejects(left);
  t.ok(await upstream.left(request));
  upstream.behaveOnce('status-429', { retryAfter: 7 });
  const refused = await asker.chat();
  t.equal(refused.status, 429);
  t.equal(refused.headers['retry-after'], '7');
});

t.test('usage is counted where the caller asked, and limits hold on both', async (t) => {
  const { asker, owner } = await pair(t, {
    owner: { auth: { limits: { few: { where: { provider: 'lab' }, requests: { total: 2 } } } } },
    asker: { server: { apiKeys: ['a-key-of-a-caller'] } },
  });
  const headers = { authorization: 'Bearer a-key-of-a-caller' };
  t.equal((await asker.chat({}, { headers })).status, 200);
  t.equal((await asker.chat({}, { headers })).status, 200);
  t.equal((await asker.chat({}, { headers })).status, 429, 'the limit of the owner');
  const used = async (of: typeof asker) =>
    (await of.ask('/usage', { headers: of === asker ? headers : {} })).json();
  await until(async () => (await used(asker)).totals.requests >= 2);
  t.match(
    (await used(asker)).data,
    [{ cost: { reported: 0, unpriced: 0 } }],
    'what a program there answers costs nothing here',
  );
  t.same((await used(owner)).data, []);
});

t.test('a model that cannot be asked there is out here at once, and in again with it', async (t) => {
  const { asker, owner, upstream } = await pair(t, {
    owner: { breaker: { failures: 1, minimum: 1 }, retry: { again: 0 } },
    asker: { breaker: { failures: 1000, minimum: 1000 }, retry: { again: 0 } },
  });
  upstream.behave('status-500');
  await owner.chat();
  const isOut = async () =>
    'peer' in ((await asker.ask('/route?model=m')).json().candidates[0].out as Record<string, unknown>);
  await until(isOut);
  upstream.behave('ok');
  await until(async () => (await owner.chat()).status === 200);
  await until(async () => !(await isOut()));
});

t.test('an unreachable peer is reported, costs no attempt, and is used when it comes', async (t) => {
  const { owner } = await pair(t);
  const asker = await startSwitchyard(t, {
    unknownModels: 'reject',
    peers: {
      box: { url: 'http://127.0.0.1:9', key: KEY },
      other: { url: owner.url, key: 'another-key-than-there' },
    },
  });
  const { data } = (await asker.ask('/nodes')).json();
  t.match(data, [
    { self: true, state: 'up' },
    { name: 'box', state: 'down', error: /ECONNREFUSED|refused/ },
    { name: 'other', state: 'down', error: /refuses the key/ },
  ]);
  t.equal((await asker.chat()).status, 404);
});

t.test('a peer is changed where it stands, and by a reload without a restart', async (t) => {
  const { asker, owner } = await pair(t);
  const answer = await asker.ask('/providers/box', { method: 'PATCH', body: { concurrency: 2 } });
  t.match(answer.json().error, { code: 'action_conflict', message: /section 'peers'/ });
  const folder = testFolder(t, {});
  const file = join(folder, 'switchyard.json');
  const config = { discover: false, watch: false, unknownModels: 'reject', home: './home' };
  writeFileSync(file, JSON.stringify(config));
  const later = await startSwitchyardFrom(t, folder, { file });
  t.equal((await later.chat()).status, 404);
  const reload = async (peers: object) => {
    writeFileSync(file, JSON.stringify({ ...config, peers }));
    return (await later.ask('/config/reload', { method: 'POST' })).json();
  };
  t.match(await reload({ box: { url: owner.url, key: KEY } }), {
    success: true,
    providers: { added: ['box'] },
  });
  await until(async () => (await later.chat()).status === 200);
  t.match(await reload({}), { success: true, providers: { removed: ['box'] } });
  t.equal((await later.chat()).status, 404);
  t.match(await reload({ box: { url: 'gpu', key: 'short' } }), { error: { code: 'config_not_reloaded' } });
});

t.test('requests that others have in flight at a peer count, and own ones count once', async (t) => {
  const { asker, owner, upstream } = await pair(t);
  upstream.behave('stall-after-content');
  const inflight = async (): Promise<number> =>
    (await asker.ask('/route?model=m')).json().candidates[0].inflight as number;
  const leaving = new AbortController();
  const others = [1, 2].map(() =>
    owner.chat({ stream: true }, { signal: leaving.signal }).catch(() => undefined),
  );
  await until(async () => (await inflight()) === 2);
  const own = asker.chat({ stream: true }, { signal: leaving.signal }).catch(() => undefined);
  await upstream.seen(3, ({ method }) => method === 'POST');
  // What is told a second later has the third among those of the owner, and leaves it out.
  const { lastSeen } = (await asker.ask('/nodes')).json().data[1];
  await until(async () => (await asker.ask('/nodes')).json().data[1].inflight === 3);
  await until(async () => (await asker.ask('/nodes')).json().data[1].lastSeen > lastSeen);
  t.equal(await inflight(), 3);
  leaving.abort();
  await Promise.all([...others, own]);
  await until(async () => (await inflight()) === 0);
});
