/** llama.cpp's own server, b11549. */
import t from 'tap';
import { startSwitchyard, type Parsed } from '../switchyard.ts';
import { readRecording } from '../upstream/recordings.ts';
import { CHAT, gatewayBefore, recorded, says, startStandIn, well } from './stand-in.ts';

const LOADING = { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } };

t.test('while it loads its model another answers', async (t) => {
  const llama = await startStandIn(t, { [CHAT]: says(503, LOADING) });
  const other = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { llama, other });
  for (let turn = 0; turn < 10; turn++) {
    const { status, headers } = await switchyard.chat({ stream: turn % 2 === 0 });
    t.match({ status, provider: headers['x-switchyard-provider'] }, { status: 200, provider: 'other' });
  }
});

t.test(
  'as the only target it gets each request, and answers the first one after it has loaded',
  async (t) => {
    const llama = await startStandIn(t, { [CHAT]: says(503, LOADING) });
    const switchyard = await gatewayBefore(t, { llama });
    for (let turn = 0; turn < 10; turn++) {
      const answer = await switchyard.chat({ stream: turn % 2 === 0 });
      t.match(answer, { status: 503, text: JSON.stringify(LOADING) });
    }
    llama.replies[CHAT] = well[CHAT]!;
    t.match(await switchyard.chat({ stream: true }), { status: 200, content: 'well' });
  },
);

t.test("a too long prompt's refusal passes unchanged, and its health does not suffer", async (t) => {
  const file = 'llama-server/error-context-too-long.http.txt';
  const llama = await startStandIn(t, { [CHAT]: recorded(file) });
  const other = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { llama, other });
  for (let turn = 0; turn < 20; turn++) {
    const answer = await switchyard.chat({ stream: turn % 3 === 0 });
    if (answer.headers['x-switchyard-provider'] === 'other') continue;
    t.match(answer, { status: 400, text: readRecording(file).body.toString() });
  }
  t.equal(llama.asked.filter(({ path }) => path === CHAT).length, 10, 'it has its turn each time');
});

t.test('a picture for a text model goes to another model, and is no fault of the server', async (t) => {
  const file = 'llama-server/error-image.http.txt';
  const llama = await startStandIn(t, { [CHAT]: recorded(file) });
  const other = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { llama, other });
  for (let turn = 0; turn < 10; turn++) t.match(await switchyard.chat(), { status: 200, text: /well/ });
  llama.replies[CHAT] = well[CHAT]!;
  const seen = new Set<string | undefined>();
  for (let turn = 0; turn < 4; turn++) seen.add((await switchyard.chat()).headers['x-switchyard-provider']);
  t.strictSame([...seen].sort(), ['llama', 'other']);

  llama.replies[CHAT] = recorded(file);
  const alone = await switchyard.ask('/v1/chat/completions?provider=llama', {
    body: { model: 'm', messages: [] },
  });
  t.match(alone, { status: 500, text: readRecording(file).body.toString() });
});

t.test('its usage and its timings reach a client that requested them, and are kept', async (t) => {
  const file = 'llama-server/chat-stream.http.txt';
  const llama = await startStandIn(t, { [CHAT]: recorded(file) });
  const switchyard = await gatewayBefore(t, { llama }, { use: 'llamacpp' });
  const answer = await switchyard.chat({ stream: true, stream_options: { include_usage: true } });
  t.equal(answer.text, readRecording(file).body.toString());
  t.match(await switchyard.trace(), { usage: { prompt: 16, completion: 8, total: 24 } });
});

t.test('its list has models twice, and each is listed once', async (t) => {
  const llama = await startStandIn(t, { 'GET /v1/models': recorded('llama-server/models.http.txt') });
  const switchyard = await startSwitchyard(t, {
    providers: { llama: { use: 'llamacpp', baseUrl: `${llama.url}/v1` } },
  });
  const { data } = (await switchyard.ask('/v1/models?provider=llama')).json() as Parsed;
  t.match(data, [{ id: 'smollm2-135m-instruct', meta: { n_ctx: 4096 } }]);
  t.equal(data.length, 1);
});
