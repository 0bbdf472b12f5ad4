/** Ollama as a provider: by its OpenAI-compatible API, and by its own where the config asks for it. */
import OpenAI, { APIError } from 'openai-7';
import t, { type Test } from 'tap';
import { CHAT, says, startStandIn, well, type Reply, type StandIn } from '../servers/stand-in.ts';
import { startSwitchyard } from '../switchyard.ts';

const OWN = 'POST /api/chat';
const ASKED = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };
const line = (message: object, more: object = { done: false }) => ({
  model: 'own',
  created_at: '2026-01-01T00:00:00Z',
  message: { role: 'assistant', content: '', ...message },
  ...more,
});
const LAST = line({}, { done: true, done_reason: 'stop', prompt_eval_count: 7, eval_count: 2 });
const lines =
  (...said: object[]): Reply =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end(said.map((one) => `${JSON.stringify(one)}\n`).join(''));
  };

async function before(t: Test, server: StandIn, native?: object) {
  const options = {
    use: 'ollama',
    baseUrl: `${server.url}/v1`,
    models: { m: 'own' },
    ...(native && { native }),
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { server: options } });
  return { switchyard, client: new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 }) };
}

t.test('it is asked by the API of its callers', async (t) => {
  const server = await startStandIn(t, { ...well, [OWN]: lines(line({ content: 'own' }), LAST) });
  const { switchyard, client } = await before(t, server);
  await client.chat.completions.create(ASKED);
  t.equal(server.asked.at(-1)?.path, CHAT);
  const answer = await switchyard.ask('/api/chat', { body: { ...ASKED, think: false } });
  t.match(answer.text, /"own"/);
  t.strictSame(server.asked.at(-1), {
    path: OWN,
    body: { ...ASKED, model: 'own', think: false },
    headers: server.asked.at(-1)?.headers,
  });
});

t.test(
  'by its own API it is told how long a context is, how long a model stays, and whether it thinks',
  async (t) => {
    const server = await startStandIn(t, {
      [OWN]: says(200, { ...LAST, message: { role: 'assistant', content: 'Hello' } }),
    });
    const native = { numCtx: 8_192, keepAlive: '-1', models: { own: { think: 'low', keepAlive: '1h' } } };
    const { switchyard, client } = await before(t, server, native);
    t.match(await client.chat.completions.create({ ...ASKED, max_tokens: 5 }), {
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 2 },
    });
    t.strictSame(server.asked.at(-1)?.body, {
      model: 'own',
      messages: ASKED.messages,
      stream: false,
      options: { num_predict: 5, num_ctx: 8_192 },
      think: 'low',
      keep_alive: '1h',
    });
    t.match(await switchyard.trace(), {
      translated: 'chat-to-ollama-chat',
      usage: { prompt: 7, completion: 2 },
    });
    const body = { ...ASKED, stream: false, options: { num_ctx: 5 }, think: false, keep_alive: 0 };
    await switchyard.ask('/api/chat', { body });
    t.strictSame(server.asked.at(-1)?.body, { ...body, model: 'own' }, 'what the caller says stands');
    for (const [given, sent] of [
      [{ seed: 1 }, { num_ctx: 8_192, seed: 1 }],
      [null, { num_ctx: 8_192 }],
      [[1], [1]],
      ['no', 'no'],
    ]) {
      await switchyard.ask('/api/chat', { body: { ...ASKED, options: given } });
      t.strictSame(server.asked.at(-1)?.body.options, sent);
    }
  },
);

t.test('its SDK streams from the own API, and throws where that is cut', async (t) => {
  const call = { function: { name: 'look', arguments: { at: 1 } } };
  const server = await startStandIn(t, {
    [OWN]: lines(
      line({ thinking: 'Hm.' }),
      line({ content: 'Hello' }),
      line({ tool_calls: [call, call] }),
      LAST,
    ),
  });
  const { client } = await before(t, server, {});
  const stream = client.chat.completions.stream({ ...ASKED, stream_options: { include_usage: true } });
  t.match(await stream.finalChatCompletion(), {
    choices: [
      {
        message: {
          content: 'Hello',
          tool_calls: [{ id: /^call_/, function: { name: 'look', arguments: '{"at":1}' } }, { id: /^call_/ }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { total_tokens: 9 },
  });
  server.replies[OWN] = lines(line({ content: 'Half' }));
  const broken = await client.chat.completions
    .stream(ASKED)
    .finalChatCompletion()
    .catch((error: unknown) => error);
  t.ok(broken instanceof APIError);
  t.match(broken, { message: /in the middle/ });
  server.replies[OWN] = lines(line({ content: 'Half' }), { error: 'out of memory' });
  await t.rejects(client.chat.completions.stream(ASKED).finalChatCompletion(), /out of memory/);
  server.replies[OWN] = says(404, { error: "model 'own' not found" });
  await t.rejects(client.chat.completions.create(ASKED), { status: 404, message: /model 'own' not found/ });
});

t.test('callers of every other API reach it through chat', async (t) => {
  const server = await startStandIn(t, { [OWN]: lines(line({ content: 'Hello' }), LAST) });
  const { switchyard } = await before(t, server, {});
  const answer = await switchyard.ask('/v1/messages', { body: { ...ASKED, max_tokens: 5, stream: true } });
  t.match(answer.text, /"text_delta","text":"Hello"[^]*message_stop/);
  t.match(server.asked.at(-1)?.body, { options: { num_predict: 5 }, stream: true });
});
