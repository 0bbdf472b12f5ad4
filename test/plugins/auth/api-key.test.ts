import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { codeOf, openKeyed } from './keyed.ts';

t.test('a key asks for the models that it allows, on every path, and sees no others', async (t) => {
  const { make, chat, as, asked } = await openKeyed(t, {
    provider: { models: { 'gpt-4o': 'a', 'gpt-4o-mini': 'b', claude: 'c' } },
  });
  const key = await make('app', { models: ['gpt-4*'] });
  for (const model of ['gpt-4o', 'gpt-4o-mini']) t.equal((await chat(key, { model })).status, 200, model);
  const refused = await chat(key, { model: 'claude' });
  t.equal(refused.status, 403);
  t.match(refused.json().error, { code: 'model_not_allowed', type: 'permission_error', param: 'model' });
  const said = asked().length;
  for (const path of ['/v1/embeddings', '/v1/rerank', '/v1/novel/thing'])
    t.equal(
      codeOf(await as(key, path, { body: { model: 'claude', input: 'a' } })),
      'model_not_allowed',
      path,
    );
  t.match(
    (await as(key, '/v1/messages', { body: { model: 'claude', max_tokens: 1, messages: [] } })).json(),
    { type: 'error', error: { type: 'permission_error' } },
    "in the words of the caller's API",
  );
  for (const path of ['/v1/files', '/v1/batches', '/v1/responses/resp_1'])
    t.equal(codeOf(await as(key, path)), 'model_not_allowed', `${path} names no model`);
  t.equal(asked().length, said, 'no upstream was asked');
  const names = (await as(key, '/v1/models')).json().data.map(({ id }: { id: string }) => id);
  t.strictSame(names.toSorted(), ['gpt-4o', 'gpt-4o-mini']);
  t.equal(codeOf(await as(key, '/v1/models/claude')), 'model_not_allowed');
});

t.test('* allows all names, also those that no list has', async (t) => {
  const { make, chat, as } = await openKeyed(t);
  const key = await make('app', { models: ['*'] });
  t.equal((await chat(key, { model: 'known-nowhere-yet' })).status, 200);
  t.equal((await as(key, '/v1/files')).status, 200);
});

t.test('what is allowed is the name that is asked for: a fallback needs no permission', async (t) => {
  const { make, chat, upstream } = await openKeyed(t, {
    provider: { models: { m: 'm', spare: 'spare' } },
    config: { models: { m: { targets: [{ provider: 'lab', model: 'm' }], fallbacks: ['spare'] } } },
  });
  const key = await make('app', { models: ['m'] });
  upstream.behaveWhen((request) => request.fields()['model'] === 'm', 'status-500');
  const answer = await chat(key);
  t.equal(answer.status, 200);
  t.equal(answer.headers['x-switchyard-model'], 'spare');
  t.equal(codeOf(await chat(key, { model: 'spare' })), 'model_not_allowed');
});

t.test('neither a retry, a fallback nor a pin leads to a provider that the key does not allow', async (t) => {
  const other = await startUpstream({ interval: 0 });
  t.teardown(() => other.close());
  const { make, chat, as, upstream, admin } = await openKeyed(t, {
    provider: { models: { m: 'm', spare: 's' } },
    config: {
      retry: { again: 0 },
      models: {
        m: { targets: [{ provider: 'lab' }, { provider: 'other' }], fallbacks: ['far'] },
      },
      providers: {
        lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'k', models: { m: 'm' } },
        other: { use: 'openai-compatible', baseUrl: other.url, apiKey: 'k', models: { m: 'm', far: 'far' } },
      },
    },
  });
  const key = await make('app', { providers: ['lab'] });
  for (let turn = 0; turn < 5; turn++) t.not((await chat(key, { stream: turn % 2 === 0 })).status, 200);
  t.equal(codeOf(await chat(key, { model: 'far' })), 'provider_not_allowed');
  t.equal(
    codeOf(await as(key, '/v1/chat/completions?provider=other', { body: { model: 'm', messages: [] } })),
    'provider_not_allowed',
  );
  t.equal(other.posts.length, 0);
  t.equal((await chat(admin)).status, 200, 'another key goes there');
  t.equal(other.posts.length, 1);
  t.equal(upstream.posts.length, 0);
});

t.test('a revoked key is refused at its next request, and running answers go on', async (t) => {
  const { make, chat, manage, upstream } = await openKeyed(t);
  const key = await make('app');
  const finish = Promise.withResolvers<void>();
  upstream.behaveOnce('slow-finish', { until: finish.promise });
  const running = chat(key, { stream: true });
  await upstream.seen(1, ({ method }) => method === 'POST');
  t.match((await manage('POST', '/keys/app/revoke')).json(), { revoked: /T/, ended: 0 });
  t.match((await chat(key)).json().error, { code: 'key_revoked', type: 'authentication_error' });
  finish.resolve();
  t.equal((await running).events.at(-1), '[DONE]');
});

t.test('removed, what runs with it ends with an error', async (t) => {
  const { upstream, make, chat, manage } = await openKeyed(t);
  const key = await make('app');
  upstream.behave('stall-after-content');
  const streaming = chat(key, { stream: true });
  await upstream.seen(1, ({ method }) => method === 'POST');
  await manage('DELETE', '/keys/app');
  t.match((await streaming).text, /key_revoked/);
});

t.test('revoked now, its streams end with an error event, and what waits is refused', async (t) => {
  const { make, chat, as, manage, upstream, switchyard } = await openKeyed(t, {
    provider: { concurrency: 2 },
  });
  const key = await make('app');
  upstream.behave('stall-after-content');
  const streams = [
    chat(key, { stream: true }),
    as(key, '/v1/responses', { body: { model: 'm', input: 'hi', stream: true } }),
  ];
  const tried = await upstream.seen(2, ({ method }) => method === 'POST');
  const waiting = chat(key);
  const [target] = [...switchyard.gateway.upstreams.values()];
  while (target?.concurrency?.waiting !== 1) await new Promise(setImmediate);
  t.equal((await manage('POST', '/keys/app/revoke', { now: true })).json().ended, 3);
  const [chatted, responded] = await Promise.all(streams);
  t.match(JSON.parse(chatted!.events.at(-1) as string), { error: { code: 'key_revoked' } });
  t.match(responded!.events.at(-1), /response.failed.*the key 'app' was revoked/);
  t.match((await waiting).json().error, { code: 'key_revoked' });
  await upstream.over(tried);
});

t.test('a viewer sees everything and changes nothing; a caller manages nothing', async (t) => {
  const { make, as, chat } = await openKeyed(t);
  const viewer = await make('eyes', { role: 'viewer' });
  for (const path of ['/providers', '/requests', '/config', '/keys', '/v1/models'])
    t.equal((await as(viewer, path)).status, 200, path);
  for (const [method, path] of [
    ['POST', '/config/reload'],
    ['PATCH', '/routes/m'],
    ['POST', '/keys'],
    ['DELETE', '/keys/root'],
    ['POST', '/v1/test'],
    ['POST', '/v1/files'],
  ] as const)
    t.equal(codeOf(await as(viewer, path, { method, body: {} })), 'role_not_allowed', `${method} ${path}`);
  t.equal(codeOf(await chat(viewer)), 'role_not_allowed', 'an answer costs money');
  const caller = await make('app');
  for (const path of ['/providers', '/keys', '/requests', '/metrics', '/config'])
    t.match(await as(caller, path), { status: 403 }, path);
  t.equal((await as(caller, '/health')).status, 200);
});
