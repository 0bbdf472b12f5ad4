/** Anthropic's API: its clients see named events only, and take a stream that just ends for a whole one. */
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import type { Parsed } from '../../../../switchyard.ts';
import { listRecordings, readRecording } from '../../../../upstream/recordings.ts';
import { gatewayBefore, recorded, says, startStandIn, type Reply } from '../../../../servers/stand-in.ts';

const MESSAGES = 'POST /v1/messages';
const ask = (stream: boolean, more: object = {}) => ({
  body: { model: 'm', max_tokens: 50, stream, messages: [{ role: 'user', content: 'hi' }], ...more },
});
const RECORDED = 'llama-server/messages-stream.http.txt';
const events = readRecording(RECORDED)
  .body.toString()
  .split(/(?<=\n\n)/);
const FIRST_CONTENT = events.findIndex((event) => event.includes('text_delta'));
const LAST_CONTENT = events.findLastIndex((event) => event.includes('text_delta'));

/** So much of it, and then the body ends well or breaks. */
const sends =
  (text: string, then: 'end' | 'break' = 'end'): Reply =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (then === 'end') response.end(text);
    else response.write(text, () => response.socket?.destroySoon());
  };
const well = { [MESSAGES]: recorded(RECORDED) };
/** The last event, as a client of this API reads it. */
const lastOf = (text: string) => {
  const [, name, data = ''] = /event: (\w+)\ndata: (.*)\n\n$/.exec(text) ?? [];
  return { name, data: JSON.parse(data) };
};

t.test('each recorded stream and answer passes as it came, and is complete', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const whole = listRecordings('anthropic').filter((file) => !file.includes('spliced'));
  const files = [...whole, 'llama-server/messages.http.txt', RECORDED];
  t.ok(files.length >= 10);
  for (const file of files) {
    const isStream = /chunks|stream/.test(file);
    server.replies[MESSAGES] = recorded(file);
    const answer = await switchyard.ask('/v1/messages?beta=true', ask(isStream));
    t.equal(answer.text, readRecording(file).body.toString(), file);
    t.match(await switchyard.trace(), { ending: 'complete', status: 200 }, file);
  }
});

t.test(
  'the prompt is counted at its beginning and the answer at its end, in whatever pieces they come',
  async (t) => {
    const server = await startStandIn(t, well);
    const switchyard = await gatewayBefore(t, { server });
    const inPieces: Reply = async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events) {
        response.write(event);
        await setImmediate();
      }
      response.end();
    };
    for (const reply of [recorded(RECORDED), inPieces]) {
      server.replies[MESSAGES] = reply;
      await switchyard.ask('/v1/messages', ask(true));
      t.match(await switchyard.trace(), { usage: { prompt: 16, completion: 8, total: 24 } });
    }
  },
);

t.test('a stream that ends or breaks anywhere after content is reported as cut', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  for (const then of ['end', 'break'] as const) {
    for (let count = FIRST_CONTENT + 1; count <= LAST_CONTENT + 2; count++) {
      server.replies[MESSAGES] = sends(events.slice(0, count).join(''), then);
      const { text } = await switchyard.ask('/v1/messages', ask(true));
      const { name, data } = lastOf(text);
      t.match({ name, data }, { name: 'error', data: { type: 'error', error: { code: 'stream_cut' } } });
      t.match(await switchyard.trace(), { ending: 'cut' });
    }
  }
});

t.test('a stream that ends before content is retried on another target, unseen by the client', async (t) => {
  const server = await startStandIn(t, {});
  const other = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { server, other });
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const faults: Reply[] = [says(200, overloaded), says(529, overloaded)];
  for (let count = 0; count <= FIRST_CONTENT; count++) {
    const begin = events.slice(0, count).join('');
    faults.push(sends(begin), sends(begin, 'break'));
    faults.push(sends(`${begin}event: error\ndata: ${JSON.stringify(overloaded)}\n\n`));
  }
  for (const fault of faults) {
    server.replies[MESSAGES] = fault;
    const { status, text } = await switchyard.ask('/v1/messages', ask(true));
    t.strictSame({ status, text }, { status: 200, text: events.join('') });
  }
});

t.test('an in-band error passes unchanged; one without a name gets it', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const begin = events.slice(0, FIRST_CONTENT + 1).join('');
  const overloaded = JSON.stringify({
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
  });
  server.replies[MESSAGES] = sends(`${begin}event: error\ndata: ${overloaded}\n\n`);
  t.equal(
    (await switchyard.ask('/v1/messages', ask(true))).text,
    `${begin}event: error\ndata: ${overloaded}\n\n`,
  );
  for (const said of [overloaded, '{"error":{"message":"Overloaded"}}']) {
    server.replies[MESSAGES] = sends(`${begin}data: ${said}\n\n`);
    const { name, data } = lastOf((await switchyard.ask('/v1/messages', ask(true))).text);
    t.match({ name, data }, { name: 'error', data: { type: 'error', error: { message: /Overloaded/ } } });
    t.match(await switchyard.trace(), { ending: 'error' });
  }
});

t.test('where only the closing event is missing it is added', async (t) => {
  const server = await startStandIn(t, { [MESSAGES]: sends(events.slice(0, -1).join('')) });
  const switchyard = await gatewayBefore(t, { server });
  t.match(lastOf((await switchyard.ask('/v1/messages', ask(true))).text), { name: 'message_stop' });
  t.match(await switchyard.trace(), { ending: 'complete' });
});

t.test('a message without content is a failure, unless it explains itself', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server }, { breaker: { failures: 1000, minimum: 1000 } });
  for (const [stop_reason, output_tokens, more, status] of [
    ['end_turn', 0, {}, 502],
    ['end_turn', 1, {}, 200],
    ['end_turn', 0, { stop_sequences: ['The'] }, 200],
    ['stop_sequence', 0, {}, 200],
    ['refusal', 0, {}, 200],
    ['max_tokens', 0, {}, 200],
  ] as const) {
    const usage = { input_tokens: 1, output_tokens };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] };
    const what = JSON.stringify({ stop_reason, output_tokens, more });
    server.replies[MESSAGES] = says(200, { ...message, stop_reason, usage });
    t.equal((await switchyard.ask('/v1/messages', ask(false, more))).status, status, what);
    const streamed = [
      { type: 'message_start', message: { ...message, stop_reason: null } },
      { type: 'message_delta', delta: { stop_reason }, usage },
      { type: 'message_stop' },
    ];
    const text = streamed.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join('');
    server.replies[MESSAGES] = sends(text);
    t.equal((await switchyard.ask('/v1/messages', ask(true, more))).status, status, `${what}, streamed`);
  }
});

/** A message from its stream, as a client of this API puts it together. */
function gathered(text: string) {
  let message: Parsed;
  const partial: string[] = [];
  for (const [, name, data = ''] of text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)) {
    const { type, index, content_block: block, delta, usage, ...rest }: Parsed = JSON.parse(data);
    if (type !== name) throw new Error(`${type} is named ${name}`);
    if (type === 'message_start') message = rest.message;
    if (type === 'content_block_start') message.content[index] = block;
    if (type === 'content_block_delta' && delta.type === 'citations_delta')
      message.content[index].citations.push(delta.citation);
    else if (type === 'content_block_delta' && delta.type === 'input_json_delta')
      partial[index] = (partial[index] ?? '') + delta.partial_json;
    else if (type === 'content_block_delta') {
      const { type: _type, ...said } = delta;
      for (const [member, piece] of Object.entries(said)) message.content[index][member] += piece;
    }
    if (type === 'message_delta') Object.assign(message, delta, { usage });
  }
  for (const [index, json] of partial.entries()) if (json) message.content[index].input = JSON.parse(json);
  return message;
}

t.test('a whole message becomes the requested stream', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const cited = {
    type: 'text',
    text: 'It is 7.',
    citations: [{ type: 'char_location', cited_text: '7', document_index: 0 }],
  };
  const odd = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn' };
  const found = {
    type: 'web_search_tool_result',
    tool_use_id: 'x',
    content: [{ type: 'web_search_result' }],
  };
  const exact = { ...odd, stop_sequence: null, content: [cited, found], usage: { output_tokens: 2 } };
  const files = [...listRecordings('anthropic'), 'llama-server/messages.http.txt'];
  const wholes = files
    .filter((file) => !/chunks/.test(file))
    .map((file) => readRecording(file).body.toString());
  t.ok(wholes.length > 4);
  for (const whole of [...wholes, JSON.stringify(exact)]) {
    server.replies[MESSAGES] = says(200, JSON.parse(whole));
    const { headers, text } = await switchyard.ask('/v1/messages', ask(true));
    t.match(headers['content-type'], /^text\/event-stream/);
    t.match(text, /^event: message_start\n[^]*event: message_stop\ndata: {"type":"message_stop"}\n\n$/);
    t.strictSame(gathered(text), { stop_sequence: null, ...JSON.parse(whole) }, whole.slice(0, 100));
    t.match(await switchyard.trace(), { ending: 'complete', status: 200 });
  }
});
