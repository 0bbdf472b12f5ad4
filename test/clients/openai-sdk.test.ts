/** OpenAI's own SDK for JavaScript, four major versions of it, unchanged against the gateway. */
import t, { type Test } from 'tap';
import type { OpenAI as Client } from 'openai-7';
import { openLab, type LabParts, type Lab } from '../lab.ts';
import { speechBytes } from '../upstream/answers/media.ts';

type Sdk = typeof import('openai-7');
type Options = NonNullable<ConstructorParameters<Sdk['OpenAI']>[0]>;

/** Their types differ where this file does not look. */
const SDKS: readonly [version: number, sdk: Sdk][] = [
  [4, (await import('openai-4')) as unknown as Sdk],
  [5, (await import('openai-5')) as unknown as Sdk],
  [6, (await import('openai-6')) as unknown as Sdk],
  [7, await import('openai-7')],
];

const SAID = 'Hello there, Grüße an 世界 👋.';
const SLASHED = 'meta-llama/Llama-3.3';
const messages = [{ role: 'user' as const, content: 'hi' }];
const chat = { model: 'm', messages };

/** What each test below gets, once for each version. */
interface Given extends Lab {
  readonly sdk: Sdk;
  readonly version: number;
  readonly client: Client;
  readonly clientWith: (options: Partial<Options>) => Client;
}

function eachVersion(name: string, parts: LabParts, test: (t: Test, given: Given) => Promise<void>): void {
  t.test(name, async (t) => {
    const lab = await openLab(t, parts);
    for (const [version, sdk] of SDKS) {
      lab.upstream.forget();
      const clientWith = (options: Partial<Options>): Client =>
        new sdk.OpenAI({ apiKey: 'any', baseURL: `${lab.switchyard.url}/v1`, maxRetries: 0, ...options });
      const given = { ...lab, sdk, version, client: clientWith({}), clientWith };
      await t.test(`openai ${version}`, (t) => test(t, given));
    }
  });
}

/** The helper that gathers a stream moved out of beta with version 5. */
const streamHelper = ({ client, version }: Given): Client['chat']['completions'] =>
  version === 4 ? (client.beta as unknown as Client).chat.completions : client.chat.completions;

const thrownBy = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Everything a stream says until it ends or throws. */
async function readAll<Event>(
  stream: Promise<AsyncIterable<Event>>,
): Promise<{ events: Event[]; error?: unknown }> {
  const events: Event[] = [];
  try {
    for await (const event of await stream) events.push(event);
    return { events };
  } catch (error) {
    return { events, error };
  }
}

eachVersion(
  'a conversation is answered, whole and streamed',
  { upstream: { reasoning: ['Hm'] } },
  async (t, given) => {
    const { client, upstream } = given;
    const { data: whole, response } = await client.chat.completions.create(chat).withResponse();
    t.match(whole, { object: 'chat.completion', model: 'm', usage: { total_tokens: 20 } });
    t.equal(whole.choices[0]?.message.content, SAID);
    t.match(whole, { _request_id: response.headers.get('x-request-id') }, 'the id to look for here');

    const { events, error } = await readAll(
      client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } }),
    );
    t.equal(error, undefined);
    t.equal(events.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), SAID);
    t.equal(events.findLast(({ choices }) => choices.length > 0)?.choices[0]?.finish_reason, 'stop');
    t.equal(events.at(-1)?.usage?.total_tokens, 20);

    const gathered = streamHelper(given).stream({ ...chat, stream: true });
    t.equal(await gathered.finalContent(), SAID);
    t.equal((await gathered.finalChatCompletion()).choices[0]?.finish_reason, 'stop');
    t.equal(upstream.posts.at(-1)?.headers.authorization, 'Bearer upstream-key');
    t.match(upstream.posts.at(-1)?.headers['x-stainless-lang'], 'js');
  },
);

const toolCall = { name: 'weather', arguments: ['{"city"', ':"Köln"', '}'] };

eachVersion(
  'tool calls are put together from a stream',
  { upstream: { text: [], toolCall } },
  async (t, given) => {
    const tools = [
      { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } },
    ];
    const { events } = await readAll(given.client.chat.completions.create({ ...chat, tools, stream: true }));
    const pieces = events.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    t.equal(pieces.map((piece) => piece.function?.arguments ?? '').join(''), '{"city":"Köln"}');
    t.match(pieces[0], { index: 0, id: 'call_1', function: { name: 'weather' } });

    const [choice] = (
      await streamHelper(given)
        .stream({ ...chat, tools, stream: true })
        .finalChatCompletion()
    ).choices;
    t.equal(choice?.finish_reason, 'tool_calls');
    t.match(choice?.message.tool_calls, [
      { id: 'call_1', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
    ]);
  },
);

eachVersion('responses are created, whole and streamed', {}, async (t, { client, upstream }) => {
  const whole = await client.responses.create({ model: 'm', input: 'hi' });
  t.match(whole, { object: 'response', status: 'completed', output_text: SAID });
  const { events, error } = await readAll(client.responses.create({ model: 'm', input: 'hi', stream: true }));
  t.equal(error, undefined);
  t.strictSame([events[0]?.type, events.at(-1)?.type], ['response.created', 'response.completed']);
  t.equal(
    events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join(''),
    SAID,
  );
  const final = await client.responses.stream({ model: 'm', input: 'hi' }).finalResponse();
  t.match(final.output, [{ content: [{ text: SAID }] }]);
  t.match(
    await thrownBy(client.responses.retrieve('resp_1')),
    { status: 404 },
    'its answer, which keeps none',
  );
  t.equal(upstream.requests.at(-1)?.path, '/v1/responses/resp_1');
});

eachVersion(
  'the older and the smaller APIs answer',
  { provider: { models: { m: 'own', [SLASHED]: 'l' } } },
  async (t, { client, upstream }) => {
    const completion = await client.completions.create({ model: 'm', prompt: 'hi' });
    t.equal(completion.choices[0]?.text, SAID);
    const { events } = await readAll(client.completions.create({ model: 'm', prompt: 'hi', stream: true }));
    t.equal(events.map(({ choices }) => choices[0]?.text ?? '').join(''), SAID);

    const embedding = await client.embeddings.create({ model: 'm', input: ['a', 'b'] });
    t.strictSame(
      embedding.data.map((one) => [...one.embedding]),
      [
        [0.25, -0.5, 0.125],
        [0.25, -0.5, 0.125],
      ],
    );
    t.match((await client.moderations.create({ model: 'm', input: 'hi' })).results, [{ flagged: false }]);
    t.equal(upstream.posts.at(-1)?.json().model, 'own');

    const models = await readAll(Promise.resolve(client.models.list()));
    t.strictSame(
      models.events.map(({ id }) => id),
      ['m', SLASHED],
    );
    for (const id of ['m', SLASHED]) t.equal((await client.models.retrieve(id)).id, id);
    t.match(await thrownBy(client.models.retrieve('nothing')), { status: 404, code: 'model_not_found' });
  },
);

eachVersion(
  'sound, pictures and files pass as they are',
  { provider: { models: { m: 'own' } } },
  async (t, { client, upstream }) => {
    const speech = await client.audio.speech.create({ model: 'm', voice: 'alloy', input: 'hi' });
    t.strictSame(Buffer.from(await speech.arrayBuffer()), speechBytes);
    t.equal(speech.headers.get('content-type'), 'audio/mpeg');

    const file = () => new File([speechBytes], 'Grüße.mp3', { type: 'audio/mpeg' });
    for (const fields of [
      { file: file(), model: 'm' },
      { model: 'm', language: 'de', file: file() },
    ]) {
      t.equal((await client.audio.transcriptions.create(fields)).text, SAID, Object.keys(fields).join());
      const { form } = upstream.posts.at(-1) ?? {};
      t.equal(form?.fields['model'], 'own', 'the name is mapped wherever it stands');
      t.strictSame(form?.files[0]?.bytes, speechBytes);
      t.equal(form?.files[0]?.filename, 'Grüße.mp3');
    }
    t.equal((await client.audio.translations.create({ file: file(), model: 'm' })).text, SAID);

    const picture = await client.images.generate({ model: 'm', prompt: 'a cat' });
    t.type(picture.data?.[0]?.b64_json, 'string');
    const edited = await client.images.edit({
      image: new File(['PNG'], 'a.png', { type: 'image/png' }),
      prompt: 'x',
      model: 'm',
    });
    t.equal(edited.data?.length, 1);
    t.equal(upstream.posts.at(-1)?.form?.fields['model'], 'own');

    const sent = await client.files.create({ file: new File(['{}\n'], 'a.jsonl'), purpose: 'batch' });
    const listed = await readAll(Promise.resolve(client.files.list({ limit: 2 })));
    t.ok(listed.events.some(({ id }) => id === sent.id));
    t.equal(upstream.requests.at(-1)?.path, '/v1/files?limit=2');
    t.equal(await (await client.files.content(sent.id)).text(), '{}\n');
  },
);

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
