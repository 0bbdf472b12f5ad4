import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { openaiSchema } from '../openai-schema.ts';
import { speechBytes } from './answers/media.ts';
import { behaviours, choose, type BehaviourName } from './behaviours/index.ts';
import { Received } from './received.ts';
import { makeScene } from './scene.ts';
import { chat } from './answers/chat.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';

async function start(t: Test, options: UpstreamOptions = {}) {
  const upstream = await startUpstream({ interval: 0, ...options });
  t.teardown(() => upstream.close());
  return upstream;
}

function post(upstream: Upstream, path: string, fields: object) {
  const body = JSON.stringify({ model: 'm', input: 'Hi', ...fields });
  return fetch(upstream.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
}

async function events(response: Response): Promise<{ event?: string | undefined; data: string }[]> {
  const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame) => {
    const [, event] = /^event: (.*)$/m.exec(frame) ?? [];
    return { event, data: /^data: (.*)$/m.exec(frame)?.[1] ?? '' };
  });
}

t.test("good answers fit OpenAI's own description", async (t) => {
  const speakers = [
    await start(t, { reasoning: ['Hm', '.'] }),
    await start(t, { text: [], toolCall: { name: 'add', arguments: ['{"a"', ':1}'] } }),
  ];
  const surfaces = [
    ['/chat/completions', 'CreateChatCompletionResponse', 'CreateChatCompletionStreamResponse'],
    ['/responses', 'Response', 'ResponseStreamEvent'],
    // OpenAI's own streams of this one have null where the description has no null.
    ['/completions', 'CreateCompletionResponse', undefined],
    ['/embeddings', 'CreateEmbeddingResponse', undefined],
    ['/moderations', 'CreateModerationResponse', undefined],
    ['/images/generations', 'ImagesResponse', undefined],
  ] as const;
  for (const upstream of speakers) {
    for (const [path, whole, chunk] of surfaces) {
      t.strictSame(openaiSchema(whole)(await (await post(upstream, path, {})).json()), [], path);
      if (!chunk) continue;
      const stream = await post(upstream, path, { stream: true, stream_options: { include_usage: true } });
      for (const { data } of await events(stream)) {
        if (data !== '[DONE]') t.strictSame(openaiSchema(chunk)(JSON.parse(data)), [], data);
      }
    }
  }
});

t.test('each surface streams in its own protocol', async (t) => {
  const upstream = await start(t, { text: ['A', 'B'] });
  const stream = await events(await post(upstream, '/chat/completions', { stream: true }));
  t.match(
    stream.map(({ data }) => data),
    [/"role"/, /"content":"A"/, /"content":"B"/, /"finish_reason":"stop"/, '[DONE]'],
  );
  const completions = await events(await post(upstream, '/completions', { stream: true }));
  t.match(
    completions.map(({ data }) => data),
    [/"text":"A"/, /"text":"B"/, /"finish_reason":"stop"/, '[DONE]'],
  );
  const responses = await events(await post(upstream, '/responses', { stream: true }));
  t.strictSame(
    responses.map(({ event }) => event),
    [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ],
  );
});

t.test('usage comes in a stream only when requested', async (t) => {
  const upstream = await start(t);
  const asked = await events(
    await post(upstream, '/chat/completions', { stream: true, stream_options: { include_usage: true } }),
  );
  t.match(asked.at(-2)?.data, /"choices":\[\],"usage":\{"prompt_tokens":11,"completion_tokens":8/);
  const unasked = await post(upstream, '/chat/completions', { stream: true });
  t.notMatch(await unasked.text(), /usage/);
});

t.test('files, forms and binary bodies come back as they were sent', async (t) => {
  const upstream = await start(t);
  const form = new FormData();
  form.set('model', 'whisper-1');
  form.set('purpose', 'assistants');
  form.set('file', new Blob([speechBytes], { type: 'audio/mpeg' }), 'speech.mp3');
  const transcription = await fetch(`${upstream.url}/audio/transcriptions`, { method: 'POST', body: form });
  t.match(await transcription.json(), {
    text: /Hello/,
    received: {
      fields: { model: 'whisper-1' },
      files: [{ field: 'file', filename: 'speech.mp3', size: 4096 }],
    },
  });

  const uploaded: unknown = await (
    await fetch(`${upstream.url}/files`, { method: 'POST', body: form })
  ).json();
  t.strictSame(openaiSchema('OpenAIFile')(uploaded), []);
  const { id } = uploaded as { id: string };
  const content = await fetch(`${upstream.url}/files/${id}/content`);
  t.ok(speechBytes.equals(Buffer.from(await content.arrayBuffer())));
  t.strictSame(openaiSchema('ListFilesResponse')(await (await fetch(`${upstream.url}/files`)).json()), []);
  t.match(await (await fetch(`${upstream.url}/files/${id}`, { method: 'DELETE' })).json(), { deleted: true });
  t.equal((await fetch(`${upstream.url}/files/${id}`)).status, 404);

  const speech = await post(upstream, '/audio/speech', {});
  t.equal(speech.headers.get('content-type'), 'audio/mpeg');
  t.ok(speechBytes.equals(Buffer.from(await speech.arrayBuffer())));
});

t.test('a wrong key, a body that is not JSON and an unknown path are refused', async (t) => {
  const upstream = await start(t, { apiKey: 'right' });
  const send = async (path: string, body: string, key = 'right') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    return (await fetch(upstream.url + path, { method: 'POST', headers, body })).status;
  };
  t.equal(await send('/chat/completions', '{}', 'wrong'), 401);
  t.equal(await send('/chat/completions', '{bad'), 400);
  t.equal(await send('/v1/chat/completions', '{}'), 404);
  t.equal(await send('/chat/completions', '{}'), 200);
});

t.test("a failure has the surface's format", async (t) => {
  const upstream = await start(t);
  upstream.behave('error-frame-after-content', { message: 'No more.', done: true });
  const stream = await events(await post(upstream, '/chat/completions', { stream: true }));
  t.match(
    stream.slice(-2).map(({ data }) => data),
    [/^\{"error":\{"message":"No more\."/, '[DONE]'],
  );
  upstream.behave('error-frame-first');
  const [error, ...rest] = await events(await post(upstream, '/responses', { stream: true }));
  t.match(error, { event: 'error', data: /^\{"type":"error"/ });
  t.strictSame(rest, []);
  const json = await post(upstream, '/chat/completions', {});
  t.match([json.status, await json.json()], [200, { error: { type: 'server_error' } }]);
});

t.test('an empty answer may have a reason', async (t) => {
  const upstream = await start(t);
  for (const [name, reason, details] of [
    ['empty-stop', 'stop', null],
    ['length-empty', 'length', { reason: 'max_output_tokens' }],
    ['filter-empty', 'content_filter', { reason: 'content_filter' }],
  ] as const) {
    upstream.behave(name);
    const stream = await (await post(upstream, '/chat/completions', { stream: true })).text();
    t.notMatch(stream, /"content":"[^"]/);
    t.match(stream, new RegExp(`"finish_reason":"${reason}".*\\[DONE\\]`, 's'));
    const whole = await (await post(upstream, '/responses', {})).json();
    t.match(whole, { output: [], incomplete_details: details });
  }
  upstream.behave('empty-json', { content: null });
  t.match(await (await post(upstream, '/chat/completions', {})).json(), {
    choices: [{ message: { content: null } }],
  });
});

t.test(
  'every behaviour has a script for a stream and for JSON, and each script comes to an end',
  async (t) => {
    const said = {
      model: 'm',
      name: 'u',
      text: ['A', 'B'],
      reasoning: [],
      toolCall: undefined,
      finish: 'stop',
      blank: '',
    } as const;
    for (const name of Object.keys(behaviours) as BehaviourName[]) {
      for (const stream of [true, false]) {
        const request = new Received({
          method: 'POST',
          path: '/v1/chat/completions',
          headers: {},
          rawHeaders: [],
          socketId: 1,
          nthOnSocket: 1,
        });
        const asked = { request, fields: { stream }, params: {}, models: [], uploads: new Map() };
        const script = choose(name).play(makeScene(chat, asked, said, 1));
        t.match(script.at(-1)?.do, /^(end|break|reset|hang)$/, `${name}, ${stream ? 'stream' : 'JSON'}`);
      }
    }
  },
);

t.test('the README names every behaviour', async (t) => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  for (const name of Object.keys(behaviours)) t.ok(readme.includes(`\`${name}\``), name);
});
