/** Ollama's clients, answered by providers of several other APIs. */
import { Ollama } from 'ollama';
import t from 'tap';
import { CHAT, chunk, recorded, says, startStandIn, streams } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { all, ASKED, before, whole } from './provider-of-chat.ts';

t.test('what an Ollama cannot answer goes on to a provider of another API, unseen', async (t) => {
  const busy = says(503, { error: 'server busy, please try again' });
  const own = await startStandIn(t, { 'POST /api/chat': busy });
  const claude = await startStandIn(t, {
    'POST /v1/messages': recorded('anthropic/anthropic-text.chunks.txt'),
  });
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: {
      own: { use: 'ollama', baseUrl: `${own.url}/v1`, models: { m: 'm' } },
      claude: { use: 'anthropic', baseUrl: `${claude.url}/v1`, apiKey: 'k', models: { spare: 'claude' } },
    },
    models: { m: { targets: [{ provider: 'own' }], fallbacks: ['spare'] } },
  });
  const client = new Ollama({ host: switchyard.url });
  const got = await all(await client.chat({ ...ASKED, stream: true }));
  t.equal(own.asked.length > 0 && claude.asked.length > 0, true);
  t.ok(got.map(({ message }) => message.content).join('').length > 10);
  t.match(got.at(-1), { done: true, done_reason: 'stop', eval_count: Number });
});

t.test('a long conversation is translated in another thread, and its answer is timed', async (t) => {
  const long = 'long '.repeat(100_000);
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: long })) });
  const { client } = await before(t, server);
  const answer = await client.chat({
    model: 'm',
    messages: [{ role: 'user', content: long }],
    keep_alive: '5m',
  });
  t.equal(answer.message.content, long);
  t.ok(answer.total_duration > 0 && answer.total_duration < 60e9);
  t.strictSame(server.asked.at(-1)?.body.messages, [{ role: 'user', content: long }]);
  server.replies[CHAT] = streams([chunk({ content: 'a' }), chunk({}, 'stop'), '[DONE]']);
  const streamed = await client.chat({
    model: 'm',
    messages: [{ role: 'user', content: long }],
    stream: true,
  });
  t.match((await all(streamed)).at(-1), { done: true });
});

t.test('a long prompt is known by its members that stand behind it', async (t) => {
  const text = {
    id: 'c',
    object: 'text_completion',
    choices: [{ index: 0, text: 'x', finish_reason: 'stop' }],
  };
  const server = await startStandIn(t, { 'POST /v1/completions': streams([text, '[DONE]']) });
  const { switchyard } = await before(t, server);
  const prompt = 'long '.repeat(10_000);
  const answer = await switchyard.ask('/api/generate', { body: { model: 'm', prompt, suffix: 'end' } });
  t.match(answer.headers['content-type'], 'application/x-ndjson', 'without a word, it streams');
  t.match(server.asked.at(-1)?.body, { prompt, suffix: 'end', stream: true });
});

t.test('calls that no server counts are estimated, too', async (t) => {
  const call = { index: 0, id: 'a', function: { name: 'look', arguments: '{"at":"a place far away"}' } };
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]']),
  });
  const { client } = await before(t, server);
  const [, last] = await all(await client.chat({ ...ASKED, stream: true }));
  t.match(last, { estimated: true });
  t.ok((last?.eval_count ?? 0) > 5);
});
