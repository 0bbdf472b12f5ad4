import { chat, eachVersion, messages, readAll, streamHelper, thrownBy } from './each-version.ts';

const SAID = 'Hello there, Grüße an 世界 👋.';

eachVersion(
  'errors are the classes that callers catch',
  { config: { unknownModels: 'reject' }, provider: { models: { m: 'm' } } },
  async (t, given) => {
    const { client, upstream, sdk } = given;
    const theirs = {
      message: 'No such parameter: x',
      type: 'invalid_request_error',
      param: 'x',
      code: 'unknown_parameter',
    };
    for (const stream of [false, true]) {
      const ask = (body: object = {}) => client.chat.completions.create({ ...chat, stream, ...body });
      upstream.behaveOnce('status', { code: 400, body: { error: theirs } });
      const bad = await thrownBy(ask());
      t.ok(bad instanceof sdk.OpenAI.BadRequestError, 'BadRequestError');
      t.match(bad, { status: 400, ...theirs, message: `400 ${theirs.message}` }, "the upstream's own");

      const unknown = await thrownBy(ask({ model: 'nothing' }));
      t.ok(unknown instanceof sdk.OpenAI.NotFoundError, 'NotFoundError');
      t.match(unknown, { status: 404, code: 'model_not_found', param: 'model', message: /'nothing'/ });

      upstream.behaveOnce('status', { code: 429, retryAfter: 30 });
      const busy = await thrownBy(ask());
      t.ok(busy instanceof sdk.OpenAI.RateLimitError, 'RateLimitError');
      t.match(busy, { status: 429 });
      given.switchyard.gateway.upstreams.get('lab')?.target('m').unblock('quota');

      upstream.behaveOnce('cut-before-content');
      const cut = await thrownBy(ask());
      t.ok(cut instanceof sdk.OpenAI.InternalServerError, 'InternalServerError');
      t.match(cut, { status: 502, type: 'upstream_error' });
      t.ok(
        (cut as { requestID?: string; request_id?: string }).requestID ??
          (cut as { request_id?: string }).request_id,
      );
    }
  },
);

eachVersion(
  'a wrong key is an AuthenticationError',
  { config: { server: { apiKeys: ['gateway-key'] } } },
  async (t, { clientWith, sdk, switchyard }) => {
    const wrong = await thrownBy(clientWith({}).chat.completions.create(chat));
    t.ok(wrong instanceof sdk.OpenAI.AuthenticationError);
    t.match(wrong, { status: 401, code: 'wrong_api_key' });
    const right = clientWith({ apiKey: 'gateway-key' });
    t.equal((await right.chat.completions.create(chat)).choices[0]?.message.content, SAID);

    const azure = new sdk.AzureOpenAI({
      endpoint: switchyard.url,
      apiKey: 'gateway-key',
      apiVersion: '2024-10-21',
      deployment: 'dep',
    });
    const answer = await azure.chat.completions.create({ model: '', messages });
    t.match(answer, { model: 'dep', choices: [{ message: { content: SAID } }] }, "Azure's client");
  },
);

const CUTS = [
  'cut-after-content',
  'rst-after-content',
  'broken-chunked',
  'error-frame-after-content',
  'stall-after-content',
] as const;

eachVersion(
  'a stream that breaks off throws and looks finished nowhere',
  { provider: { timeouts: { idle: '60ms' } } },
  async (t, given) => {
    const { client, upstream } = given;
    for (const cut of CUTS) {
      upstream.behave(cut);
      const chunks = await readAll(client.chat.completions.create({ ...chat, stream: true }));
      t.match(chunks.error, { message: /lab|failed on purpose/ }, `${cut}: chat throws`);
      t.equal(chunks.events[1]?.choices[0]?.delta.content, 'Hello', 'what came is there');
      t.notOk(
        chunks.events.some(({ choices }) => choices[0]?.finish_reason),
        `${cut}: no reason is made up`,
      );

      await t.rejects(
        streamHelper(given)
          .stream({ ...chat, stream: true })
          .finalContent(),
        `${cut}: the helper rejects`,
      );

      const texts = await readAll(client.completions.create({ model: 'm', prompt: 'x', stream: true }));
      t.ok(texts.error, `${cut}: completions throw`);
      t.notOk(texts.events.some(({ choices }) => choices[0]?.finish_reason));

      const events = await readAll(client.responses.create({ model: 'm', input: 'x', stream: true }));
      t.ok(events.error, `${cut}: responses throw`);
      t.ok(events.events.some(({ type }) => type === 'response.output_text.delta'));
      t.notOk(events.events.some(({ type }) => /completed|incomplete/.test(type)));
    }
  },
);

eachVersion('abort() frees the upstream', {}, async (t, { client, upstream }) => {
  upstream.behave('stall-after-content');
  const stream = await client.chat.completions.create({ ...chat, stream: true });
  for await (const { choices } of stream) if (choices[0]?.delta.content) stream.controller.abort();
  t.equal(await upstream.left(await upstream.seen(1, ({ method }) => method === 'POST')), 'mid-body');

  upstream.behave('stall-before-head');
  const disconnect = new AbortController();
  const asked = client.chat.completions.create(chat, { signal: disconnect.signal });
  const request = await upstream.seen(2, ({ method }) => method === 'POST');
  disconnect.abort();
  await t.rejects(asked);
  t.equal(await upstream.left(request), 'before-head');
  const timed = client.chat.completions.create({ ...chat, stream: true }, { timeout: 250 });
  t.match(await thrownBy(timed), { message: /timed out/ });
  t.equal(await upstream.left(await upstream.seen(3, ({ method }) => method === 'POST')), 'before-head');
});

eachVersion(
  'it tries again where that may help, and not where the gateway has tried everything',
  {},
  async (t, { clientWith, upstream }) => {
    const client = clientWith({ maxRetries: 2 });
    upstream.behave('cut-before-content');
    t.match(await thrownBy(client.chat.completions.create({ ...chat, stream: true })), { status: 502 });
    t.equal(upstream.posts.length, 1, 'x-should-retry: false is obeyed');

    upstream.forget();
    upstream.behave('status', { code: 400 });
    t.match(await thrownBy(client.chat.completions.create(chat)), { status: 400 });
    t.equal(upstream.posts.length, 1, 'a request that is wrong stays wrong');

    upstream.forget();
    upstream.behaveOnce('status', { code: 503, headers: { 'retry-after-ms': '1' } });
    t.equal((await client.chat.completions.create(chat)).choices[0]?.message.content, SAID);
    t.equal(upstream.posts.length, 2);
  },
);

eachVersion(
  'comments of a stream that is waited for are nothing to it, and a failure after them is thrown',
  { config: { timeouts: { keepalive: '40ms', firstByte: '1s' } } },
  async (t, { client, upstream, sdk, switchyard }) => {
    upstream.behaveOnce('slow-content', { delay: 300 });
    const { events, error } = await readAll(client.chat.completions.create({ ...chat, stream: true }));
    t.equal(error, undefined);
    t.equal(events.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), SAID);
    t.match(JSON.stringify((await switchyard.trace()).notes), /the stream began with a comment/);

    upstream.behaveOnce('slow-content', { delay: 300 });
    const said = await readAll(client.responses.create({ model: 'm', input: 'hi', stream: true }));
    t.equal(said.error, undefined);
    t.equal(said.events.at(-1)?.type, 'response.completed');

    for (const ask of [
      () => client.chat.completions.create({ ...chat, stream: true }),
      () => client.responses.create({ model: 'm', input: 'hi', stream: true }),
    ]) {
      upstream.behaveOnce('stall-before-head');
      const failed = await readAll<unknown>(ask());
      t.ok(failed.error instanceof sdk.APIError);
      t.match(failed.error, { code: 'first_byte_timeout', message: /lab sent nothing within 1000 ms/ });
    }
  },
);
