/** Long messages on `/v1/responses` in WebSocket mode: no other request waits for them, and their order stays. */
import t, { type Test } from 'tap';
import { CHAT, chunk, says, startStandIn, streams } from '../../../../../servers/stand-in.ts';
import { openSocket, startSocketUpstream } from '../../../../../socket-upstream.ts';
import { startSwitchyard, type Parsed } from '../../../../../switchyard.ts';
import { testFolder } from '../../../../../test-folder.ts';

const event = (type: string, more: Record<string, unknown> = {}): string => JSON.stringify({ type, ...more });

async function open(t: Test, limits: Record<string, unknown> = {}) {
  const upstream = await startSocketUpstream(t, {
    answer: (_message, { socket }) => {
      const response = { id: 'resp_native' };
      for (const type of ['response.created', 'response.completed']) socket.send(event(type, { response }));
    },
  });
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ role: 'assistant', content: 'Hello' }), chunk({}, 'stop'), '[DONE]']),
  });
  const common = { use: 'openai-compatible', apiKey: 'k' };
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    server: limits,
    providers: {
      live: {
        ...common,
        baseUrl: upstream.url,
        surfaces: ['responses', 'responses-websocket'],
        models: { sockets: 's' },
      },
      plain: { ...common, baseUrl: `${server.url}/v1`, surfaces: ['chat'], models: { chat: 'c' } },
    },
  });
  const client = openSocket(t, `${switchyard.url}/v1/responses`);
  await client.opened;
  let read = 0;
  const next = async (): Promise<Parsed> => {
    for (;;) {
      const said = JSON.parse(await client.message(++read));
      if (/^(?:error|response\.completed)$/.test(said.type)) return said;
    }
  };
  return { upstream, server, switchyard, client, next };
}

t.test('messages are answered in the order in which they came, long ones too', async (t) => {
  const { upstream, server, client, next } = await open(t);
  const long = 'a '.repeat(1024 * 1024);
  client.socket.send(event('response.create', { model: 'chat', input: long }));
  client.socket.send(event('response.create', { model: 'sockets', input: long }));
  client.socket.send(event('response.create', { model: 'chat', input: 'short' }));
  t.match(await next(), { type: 'response.completed', response: { output: [{ type: 'message' }] } });
  t.match(await next(), { type: 'response.completed', response: { id: 'resp_native' } });
  t.match(await next(), { type: 'response.completed', response: { output: [{ type: 'message' }] } });
  const asked = server.asked.filter(({ path }) => path === CHAT);
  t.equal(asked[0]?.body.messages[0].content, long);
  t.equal(asked[1]?.body.messages[0].content, 'short');
  const accepted = await upstream.accepted();
  t.equal(JSON.parse(await accepted.message(1)).input, long, 'it passes as it came');
});

t.test(
  'one with millions of values is refused before it is parsed, and the connection goes on',
  async (t) => {
    const { server, client, next } = await open(t);
    const lists = Array(1_000_001).fill('{}').join(',');
    client.socket.send(`{"type":"response.create","model":"chat","input":[${lists}]}`);
    t.match(await next(), { type: 'error', status: 400, error: { code: 'not_translatable' } });
    client.socket.send(event('response.create', { model: 'chat', input: 'short' }));
    t.match(await next(), { type: 'response.completed' });
    t.equal(server.asked.filter(({ path }) => path === CHAT).length, 1);
  },
);

t.test('an answer that its provider gives in one piece becomes events, too', async (t) => {
  const { server, client, next } = await open(t);
  const message = { role: 'assistant', content: 'Hello' };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  server.replies[CHAT] = says(200, { id: 'c', object: 'chat.completion', created: 1, model: 'c', choices });
  for (let turn = 0; turn < 2; turn++) {
    client.socket.send(event('response.create', { model: 'chat', input: 'hi' }));
    t.match(await next(), {
      type: 'response.completed',
      response: { output: [{ type: 'message', content: [{ text: 'Hello' }] }] },
    });
  }
  t.equal(JSON.parse(client.messages[0]!).type, 'response.created');
});

t.test('long messages take their share of the memory of bodies until they are answered', async (t) => {
  const { server, switchyard, client, next } = await open(t, { bodyLimit: '4MiB', bodyMemory: '4MiB' });
  const answer = server.replies[CHAT]!;
  const arrived = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  server.replies[CHAT] = async (asked) => {
    arrived.resolve();
    await free.promise;
    return answer(asked);
  };
  const create = (input: string): string => event('response.create', { model: 'chat', input });
  const long = 'a '.repeat(1.25 * 1024 * 1024);
  client.socket.send(create(long));
  await arrived.promise;
  const other = openSocket(t, `${switchyard.url}/v1/responses`);
  await other.opened;
  other.socket.send(create(long));
  const refusal = { type: 'error', status: 503, error: { code: 'too_many_bodies' } };
  t.match(JSON.parse(await other.message(1)), refusal, 'of another connection');
  client.socket.send(create(long));
  t.match(await next(), refusal, 'of the same one');
  const body = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: long }] });
  t.equal((await switchyard.ask('/v1/chat/completions', { body })).status, 503, 'a body of a request, too');
  free.resolve();
  t.match(await next(), { type: 'response.completed' });
  const answered = async (): Promise<Parsed> => {
    client.socket.send(create(long));
    const said = await next();
    return said.status === 503 ? answered() : said;
  };
  for (const time of [1, 2, 3])
    t.match(await answered(), { type: 'response.completed' }, `what was answered is free again (${time})`);
});
