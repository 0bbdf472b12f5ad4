import { speechBytes } from '../../upstream/answers/media.ts';
import { chat, eachVersion, readAll, streamHelper, thrownBy } from './each-version.ts';

const SAID = 'Hello there, Grüße an 世界 👋.';
const SLASHED = 'meta-llama/Llama-3.3';

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
