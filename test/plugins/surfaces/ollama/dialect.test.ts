/** Streams and answers of Ollama's API, from an upstream that has it. */
import { Ollama } from 'ollama';
import t, { type Test } from 'tap';
import { ollamaChat, ollamaEmbed } from '../../../../plugins/surfaces/ollama/dialect/dialects.ts';
import { says, startStandIn, type Reply, type StandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { makeCall } from '../openai/recorded.ts';
import { all, ASKED } from './provider-of-chat.ts';

const PATH = 'POST /api/chat';
const line = (content: string, more: object = { done: false }) => ({
  model: 'own',
  created_at: '2026-01-01T00:00:00.5Z',
  message: { role: 'assistant', content },
  ...more,
});
const LAST = line('', { done: true, done_reason: 'stop', prompt_eval_count: 7, eval_count: 2 });
const said = (...lines: object[]): string => lines.map((one) => `${JSON.stringify(one)}\n`).join('');
const sends =
  (text: string): Reply =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end(text);
  };

async function before(t: Test, server: StandIn, config: object = {}) {
  const options = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['ollama-chat', 'ollama-generate', 'ollama-embed', 'ollama-show'],
    models: { m: 'own' },
  };
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: { server: options },
    ...config,
  });
  return { switchyard, client: new Ollama({ host: switchyard.url }) };
}

t.test('lines pass as they came, with the name of the model changed in the request', async (t) => {
  const text = said(line('Hel'), line('lo'), LAST);
  const server = await startStandIn(t, { [PATH]: sends(text) });
  const { switchyard, client } = await before(t, server);
  const body = { ...ASKED, options: { top_k: 40, num_ctx: 8 }, keep_alive: '1h', think: false };
  const answer = await switchyard.ask('/api/chat', { body });
  t.equal(answer.text, text);
  t.match(answer.headers['content-type'], 'application/x-ndjson');
  t.strictSame(server.asked.at(-1)?.body, { ...body, model: 'own' });
  t.match(await switchyard.trace(), { translated: null, usage: { prompt: 7, completion: 2 } });
  const got = await all(await client.chat({ ...ASKED, stream: true }));
  t.equal(got.map(({ message }) => message.content).join(''), 'Hello');
  server.replies[PATH] = says(200, { ...LAST, message: { role: 'assistant', content: 'Whole' } });
  t.match(await client.chat({ ...ASKED }), { message: { content: 'Whole' }, eval_count: 2 });
  server.replies['POST /api/embed'] = says(200, { model: 'own', embeddings: [[1]] });
  t.match(await client.embed({ model: 'm', input: 'a' }), { embeddings: [[1]] });
  server.replies['POST /api/show'] = says(200, { details: { family: 'llama' }, model_info: {} });
  t.match(await client.show({ model: 'm' }), { details: { family: 'llama' } }, 'it knows its models best');
  t.match(server.asked.at(-1)?.body, { model: 'own' });
});

t.test('what is no end becomes an error line', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const [text, message] of [
    [said(line('Half')), /in the middle/],
    [said(line('Half'), { error: 'out of memory' }), /out of memory/],
    [`${said(line('Half'))}<html>`, /in the middle/],
    [said(line('')), /before any content/],
    [said(line('', { done: true, done_reason: 'stop' })), /without any content/],
  ] as const) {
    server.replies[PATH] = sends(text);
    await t.rejects(client.chat({ ...ASKED, stream: true }).then(all), message);
  }
  server.replies[PATH] = sends(said(line('', { done: true, done_reason: 'length', eval_count: 9 })));
  t.match(
    await client.chat({ ...ASKED, stream: true }).then(all),
    [{ done_reason: 'length' }],
    'it is explained',
  );
  server.replies[PATH] = says(404, { error: "model 'own' not found" });
  await t.rejects(client.chat({ ...ASKED }), { status_code: 404, message: "model 'own' not found" });
});

t.test('a silence has lines that say nothing', async (t) => {
  let go = (): void => {};
  const server = await startStandIn(t, {
    [PATH]: (asked) => void (go = () => void sends(said(line('Hello'), LAST))(asked)),
  });
  const { client } = await before(t, server, { timeouts: { keepalive: '60ms' } });
  const got: string[] = [];
  for await (const { message, done } of await client.chat({ ...ASKED, stream: true })) {
    if (message.content !== '' || done) got.push(message.content);
    else go();
  }
  t.strictSame(got, ['Hello', '']);
});

t.test('a stream is folded into the answer that it would have been', (t) => {
  const fold = ollamaChat.fold!();
  const call = { id: 'a', function: { name: 'f', arguments: {} } };
  for (const one of [
    line('Hel', { done: false, logprobs: [{ token: 'Hel' }] }),
    { ...line('lo'), message: { role: 'assistant', content: 'lo', thinking: 'Hm.', tool_calls: [call] } },
    LAST,
  ])
    fold.add({ event: '', data: JSON.stringify(one) });
  t.strictSame(fold.result(), {
    ...LAST,
    message: { role: 'assistant', content: 'Hello', thinking: 'Hm.', tool_calls: [call] },
    logprobs: [{ token: 'Hel' }],
  });
  t.end();
});

t.test('an end is seen however it is spaced, and not where a text tells of one', (t) => {
  const quiet = (text: string): boolean => ollamaChat.reader(makeCall()).quiet(text);
  for (const end of ['"done":true', '"done": true', '"done" :  true', '"error":"no"'])
    t.notOk(quiet(`{"message":{"content":"a"},${end}}\n`), end);
  t.ok(quiet(said(line('a'), line('{"done":true,"error":"no"}'))));
  t.end();
});

t.test('answers are judged by what they carry', (t) => {
  for (const [answer, kind] of [
    [line('a'), 'content'],
    [line(''), 'empty'],
    [{ response: 'a', done: true }, 'content'],
    [{ message: { role: 'assistant', content: '', thinking: 'a' } }, 'content'],
    [{ response: '', done: true, done_reason: 'load' }, 'content'],
    [{ error: 'no' }, 'error'],
    [[], 'empty'],
  ] as const)
    t.equal(ollamaChat.judge(answer).kind, kind, JSON.stringify(answer));
  t.equal(ollamaEmbed.judge({ embeddings: [] }).kind, 'content');
  t.equal(ollamaEmbed.judge({ error: 'no' }).kind, 'error');
  t.end();
});
