/** `/v1/responses` in WebSocket mode for models whose providers have only HTTP, beside one that has WebSockets. */
import { once } from 'node:events';
import t, { type Test } from 'tap';
import OpenAI from 'openai-7';
import { ResponsesWS } from 'openai-7/resources/responses/ws';
import { CHAT, chunk, says, startStandIn, streams, type Reply } from '../../../../../servers/stand-in.ts';
import {
  openSocket,
  startSocketUpstream,
  type SocketUpstreamOptions,
} from '../../../../../socket-upstream.ts';
import { startSwitchyard, type Parsed } from '../../../../../switchyard.ts';
import { testFolder } from '../../../../../test-folder.ts';

const event = (type: string, more: Record<string, unknown> = {}): string => JSON.stringify({ type, ...more });
const create = (model: string, more: Record<string, unknown> = {}): string =>
  event('response.create', { model, input: 'hi', ...more });

const native: NonNullable<SocketUpstreamOptions['answer']> = (_message, { socket }) => {
  socket.send(event('response.created', { response: { id: 'resp_native' } }));
  socket.send(event('response.completed', { response: { id: 'resp_native' } }));
};
const speaks = (text: string): Reply =>
  streams([chunk({ role: 'assistant', content: text }), chunk({}, 'stop'), '[DONE]']);

/** Model `sockets` passes through; `chat` has only chat completions, `mixed` has both. */
async function open(t: Test, options: SocketUpstreamOptions = {}, config: Record<string, unknown> = {}) {
  const upstream = await startSocketUpstream(t, { answer: native, ...options });
  const server = await startStandIn(t, { [CHAT]: speaks('Hello') });
  const common = { use: 'openai-compatible', apiKey: 'k' };
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: {
      live: {
        ...common,
        baseUrl: upstream.url,
        surfaces: ['responses', 'responses-websocket'],
        models: { sockets: 's' },
      },
      plain: {
        ...common,
        baseUrl: `${server.url}/v1`,
        surfaces: ['chat'],
        models: { chat: 'c' },
        rules: { set: { top_p: 0.5 } },
      },
    },
    models: {
      mixed: {
        strategy: { use: 'priority' },
        targets: [
          { provider: 'live', model: 's', priority: 0 },
          { provider: 'plain', model: 'c', priority: 1 },
        ],
      },
    },
    retry: { again: 0 },
    ...config,
  });
  const connect = async () => {
    const client = openSocket(t, `${switchyard.url}/v1/responses`);
    await client.opened;
    let read = 0;
    /** what comes next, up to that event */
    const until = async (last: string): Promise<Parsed[]> => {
      const all: Parsed[] = [];
      for (;;) {
        all.push(JSON.parse(await client.message(++read)));
        if (all.at(-1).type === last) return all;
      }
    };
    return { ...client, until };
  };
  return { upstream, server, switchyard, connect };
}

t.test('one connection asks a model with WebSockets and one without', async (t) => {
  const { upstream, server, switchyard, connect } = await open(t);
  const client = await connect();
  client.socket.send(create('sockets'));
  await client.until('response.completed');
  t.equal(upstream.handshakes.length, 1);
  client.socket.send(create('chat', { store: false, instructions: 'Be brief.' }));
  const events = await client.until('response.completed');
  t.match(events[0], { type: 'response.created', response: { status: 'in_progress' } });
  t.match(events.find(({ type }) => type === 'response.output_text.delta').delta, 'Hello');
  const { response } = events.at(-1);
  t.match(server.asked.at(-1)?.body, {
    model: 'c',
    stream: true,
    top_p: 0.5,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
    ],
  });
  t.match(await switchyard.trace(), {
    surface: 'responses',
    model: 'chat',
    translated: 'responses-to-chat',
    ending: 'complete',
    stream: true,
  });
  client.socket.send(create('chat', { store: false, input: 'more', previous_response_id: response.id }));
  const [next] = await client.until('response.completed');
  t.equal(next.response.previous_response_id, response.id);
  t.strictSame(
    server.asked.at(-1)?.body.messages.map(({ content }: Parsed) => content),
    ['hi', 'Hello', 'more'],
  );
});

t.test(
  'a conversation goes on from a warm-up, from an unstored response, and from a stored one',
  async (t) => {
    const { server, connect } = await open(t);
    const client = await connect();
    client.socket.send(create('chat', { store: false, generate: false, input: 'first' }));
    const [{ response: warm }, , done] = await client.until('response.completed');
    t.match(done.response, { id: warm.id, status: 'completed', output: [], usage: { total_tokens: 0 } });
    t.equal(server.asked.filter(({ path }) => path === CHAT).length, 0, 'no provider is asked');
    client.socket.send(create('chat', { input: 'second', previous_response_id: warm.id }));
    const [begun] = await client.until('response.completed');
    t.strictSame(
      server.asked.at(-1)?.body.messages.map(({ content }: Parsed) => content),
      ['first', 'second'],
    );
    client.socket.close();
    await client.closed;
    const other = await connect();
    other.socket.send(create('chat', { input: 'third', previous_response_id: begun.response.id }));
    await other.until('response.completed');
    t.strictSame(
      server.asked.at(-1)?.body.messages.map(({ content }: Parsed) => content),
      ['first', 'second', 'Hello', 'third'],
      'what was stored is found on another connection',
    );
    other.socket.send(create('chat', { previous_response_id: warm.id }));
    const [lost] = await other.until('error');
    t.match(lost, {
      status: 400,
      error: { code: 'previous_response_not_found', param: 'previous_response_id' },
    });
  },
);

t.test('each conversation of a connection is a lane, and one may branch off another', async (t) => {
  const { server, connect } = await open(t);
  const client = await connect();
  client.socket.send(create('chat', { store: false, stream_id: 'main' }));
  const events = await client.until('response.completed');
  t.ok(events.every(({ stream_id: lane }) => lane === 'main'));
  t.equal(server.asked.at(-1)?.body.stream_id, undefined);
  const { id } = events[0].response;
  for (const lane of ['side', 'main']) {
    const asked = { store: false, stream_id: lane, input: lane, previous_response_id: id };
    client.socket.send(create('chat', asked));
    t.equal((await client.until('response.completed')).at(-1).stream_id, lane);
    t.strictSame(
      server.asked.at(-1)?.body.messages.map(({ content }: Parsed) => content),
      ['hi', 'Hello', lane],
    );
  }
});

t.test('what fails is told, and the connection stays', async (t) => {
  const { server, connect } = await open(t);
  const client = await connect();
  server.replies[CHAT] = says(400, { error: { message: 'not so', type: 'invalid_request_error' } });
  client.socket.send(create('chat'));
  t.match((await client.until('error')).at(-1), { status: 400, error: { message: 'not so' } });
  server.replies[CHAT] = streams([chunk({ content: 'Hel' })], 'break');
  client.socket.send(create('chat'));
  const events = await client.until('response.failed');
  t.match(events.at(-1).response, { status: 'failed', error: { message: /.+/ } });
  server.replies[CHAT] = speaks('well');
  client.socket.send(create('chat'));
  t.match((await client.until('response.completed')).at(-1).response, { status: 'completed' });
});

t.test('a response is cancelled: its provider is left, and the next one is asked for', async (t) => {
  const { server, switchyard, connect } = await open(t);
  const client = await connect();
  let left: Promise<unknown> | undefined;
  server.replies[CHAT] = ({ response }) => {
    left = once(response, 'close');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(chunk({ content: 'Hel' }))}\n\n`);
  };
  client.socket.send(create('chat'));
  const [begun] = await client.until('response.output_text.delta');
  client.socket.send(event('response.cancel'));
  const [cancelled] = await client.until('response.cancelled');
  t.match(cancelled.response, { id: begun.response.id, status: 'cancelled' });
  await left;
  server.replies[CHAT] = speaks('well');
  client.socket.send(create('chat'));
  await client.until('response.completed');
  t.match((await switchyard.traces(2))[1], { ending: 'left' });
  client.socket.send(event('response.cancel'));
  t.match((await client.until('error'))[0], { status: 400, error: { param: 'type' } });
});

t.test('a client that is gone leaves its provider', async (t) => {
  const { server, connect } = await open(t);
  const client = await connect();
  const begun = Promise.withResolvers<{ readonly left: Promise<unknown> }>();
  server.replies[CHAT] = ({ response }) => begun.resolve({ left: once(response, 'close') });
  client.socket.send(create('chat'));
  const { left } = await begun.promise;
  client.socket.terminate();
  await left;
});

t.test('what providers with WebSockets refuse goes on to one without', async (t) => {
  const { upstream, switchyard, connect } = await open(t, { refuse: () => 503 });
  const client = await connect();
  client.socket.send(create('mixed'));
  await client.until('response.completed');
  t.equal(upstream.handshakes.length, 1);
  t.match(await switchyard.trace(), { model: 'mixed', ending: 'complete', translated: 'responses-to-chat' });
  client.socket.send(create('sockets'));
  t.match((await client.until('error'))[0], { status: 503 });
});

t.test('hooks see what goes over HTTP', async (t) => {
  const { server, connect } = await open(t, {}, { redact: { find: ['email'] } });
  const client = await connect();
  server.replies[CHAT] = ({ body, response, headers }) =>
    speaks(body.messages.at(-1).content)({ body, response, headers });
  client.socket.send(create('chat', { store: false, input: 'ada@example.com' }));
  const events = await client.until('response.completed');
  t.notMatch(JSON.stringify(server.asked.at(-1)?.body), 'ada@example.com');
  t.match(events.at(-1).response.output[0].content[0].text, 'ada@example.com');
});

t.test(
  'a handshake that names a model without WebSockets, or comes with a key that has none, is refused',
  async (t) => {
    const { switchyard } = await open(t, {}, { server: { adminKeys: ['admin-key'] } });
    const keyFor = async (rules: Record<string, unknown>): Promise<string> => {
      const headers = { authorization: 'Bearer admin-key' };
      return (await switchyard.ask('/keys', { headers, body: rules as Record<string, never> })).json().key;
    };
    const connect = (key: string, query = '') =>
      openSocket(t, `${switchyard.url}/v1/responses${query}`, {
        headers: { authorization: `Bearer ${key}` },
      });
    const any = await keyFor({ name: 'any' });
    for (const [key, query] of [
      [any, '?model=chat'],
      [any, '?provider=plain'],
      [await keyFor({ name: 'chats', models: ['chat'] }), ''],
      [await keyFor({ name: 'plains', providers: ['plain'] }), ''],
    ] as const)
      t.match(await connect(key, query).refused, { status: 426, body: /upgrade_refused/ }, query || key);
    await connect(any, '?model=mixed').opened;
    await connect(await keyFor({ name: 'both', models: ['chat', 'sockets'] })).opened;
  },
);

t.test("OpenAI's own client reads it", async (t) => {
  const { switchyard } = await open(t);
  const ws = new ResponsesWS(new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'k' }));
  t.teardown(() => ws.close());
  const completed = Promise.withResolvers<Parsed>();
  ws.on('response.completed', ({ response }: Parsed) => completed.resolve(response));
  ws.on('error', (error: Error) => completed.reject(error));
  ws.send({ type: 'response.create', model: 'chat', store: false, input: 'hi' });
  t.match((await completed.promise).output[0].content[0], { type: 'output_text', text: 'Hello' });
});
