/** Pairs without a translation of their own: through chat, in two steps. */
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { CHAT, says, startStandIn, streams, well, type Reply } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';

const plugins = [join(root, 'test/core/translation/tell.ts')];

async function start(
  t: Test,
  surfaces: readonly string[] | undefined,
  replies: Record<string, Reply>,
  config: Record<string, unknown> = {},
) {
  const server = await startStandIn(t, replies);
  const one = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    models: { m: 'own' },
    ...(surfaces && { surfaces }),
  };
  const switchyard = await startSwitchyard(t, { plugins, providers: { one }, ...config });
  return { switchyard, posts: () => server.asked.filter(({ path }) => path.startsWith('POST')) };
}

const lines: Reply = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.end('{"say":"Hel"}\n{"say":"lo"}\n{"end":true}\n');
};
const TELLING = {
  'POST /v1/models/own:tell': says(200, { data: 'Hello' }),
  'POST /v1/models/own:stream': lines,
};
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'own',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2 },
};
const asked = { model: 'm', max_tokens: 50, messages: [{ role: 'user' as const, content: 'hi' }] };

t.test('a caller of messages reaches a provider of a third protocol, whole and streamed', async (t) => {
  const { switchyard, posts } = await start(t, ['tell'], TELLING);
  const client = new Anthropic({ baseURL: switchyard.url, apiKey: 'x', maxRetries: 0 });
  const whole = await client.messages.create(asked);
  t.match(whole, { role: 'assistant', content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn' });
  const stream = client.messages.stream(asked);
  const texts: string[] = [];
  stream.on('text', (text) => texts.push(text));
  t.equal(await stream.finalText(), 'Hello');
  t.strictSame(texts, ['Hel', 'lo'], 'event by event');
  t.match(posts(), [{ body: { text: 'hi' } }, { body: { text: 'hi' } }]);
  const trace = await switchyard.trace();
  t.equal(trace.translated, 'messages-to-chat-to-tell');
  const answer = await switchyard.ask('/v1/messages', { body: asked });
  t.equal(answer.headers['x-switchyard-translated'], 'messages-to-chat-to-tell');
});

t.test('a third protocol reaches a provider of messages', async (t) => {
  const { switchyard, posts } = await start(t, ['messages'], { 'POST /v1/messages': says(200, MESSAGE) });
  const answer = await switchyard.ask('/tell/models/m:tell', { body: { text: 'hi' } });
  t.strictSame(answer.json(), { data: 'Hello' });
  t.match(posts(), [{ body: { model: 'own', messages: [{ content: [{ text: 'hi' }] }] } }]);
  t.equal((await switchyard.trace()).translated, 'tell-to-chat-to-messages');
  const streamed = await switchyard.ask('/tell/models/m:stream', { body: { text: 'hi' } });
  t.equal(streamed.text, '{"say":"Hello"}\n{"end":true}\n');
});

t.test('what either step leaves out is listed, and what either cannot express is refused', async (t) => {
  const { switchyard, posts } = await start(t, ['messages'], { 'POST /v1/messages': says(200, MESSAGE) });
  const sent = { text: 'hi', seed: 5, user: 'me' };
  const answer = await switchyard.ask('/tell/models/m:tell', { body: sent });
  t.match(answer.headers['x-switchyard-dropped'], /seed/);
  const refused = await switchyard.ask('/tell/models/m:tell', { body: { text: 'hi', n: 3 } });
  t.equal(refused.status, 400);
  t.match(refused.json(), {
    error: { code: 'not_translatable', param: 'n', message: /^translated to chat first, 'n'/ },
  });
  const first = await start(t, ['tell'], TELLING);
  const body = { ...asked, tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
  t.match((await first.switchyard.ask('/v1/messages', { body })).json(), {
    error: { message: /^'tools\[0\].type'/ },
  });
  t.equal(posts().length, 1);
});

t.test('long bodies take both steps in a worker', async (t) => {
  const { switchyard, posts } = await start(t, ['tell'], TELLING);
  const long = 'x'.repeat(2_000_000);
  const answer = await switchyard.ask('/v1/messages', {
    body: { ...asked, messages: [{ role: 'user', content: long }] },
  });
  t.match(answer.json(), { content: [{ text: 'Hello' }] });
  t.equal(posts()[0]?.body.text, long);
});

t.test(
  'a translation of its own comes before two steps, and an API of a few vendors is never guessed',
  async (t) => {
    const { switchyard, posts } = await start(t, undefined, well);
    t.strictSame((await switchyard.ask('/tell/models/m:tell', { body: { text: 'hi' } })).json(), {
      data: 'well',
    });
    t.strictSame(
      posts().map(({ path }) => path),
      [CHAT],
    );
    const both = await start(t, ['chat', 'messages'], { ...well, 'POST /v1/messages': says(200, MESSAGE) });
    await both.switchyard.ask('/tell/models/m:tell', { body: { text: 'hi' } });
    t.equal((await both.switchyard.trace()).translated, 'tell-to-chat');
  },
);

t.test(
  'the tokens of a stream are counted where the caller counts each, and the second step is asked',
  async (t) => {
    const events = [
      { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Hello' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ];
    const { switchyard } = await start(t, ['messages'], { 'POST /v1/messages': streams(events) });
    const streamed = await switchyard.ask('/v1/completions', {
      body: { model: 'm', prompt: 'hi', stream: true, stream_options: { include_usage: true } },
    });
    t.equal((await switchyard.trace()).translated, 'completions-to-chat-to-messages');
    t.match(
      streamed.events.map((data) => (data === '[DONE]' ? {} : JSON.parse(data))).find(({ usage }) => usage),
      {
        usage: { prompt_tokens: 3, completion_tokens: 2 },
      },
    );
  },
);
