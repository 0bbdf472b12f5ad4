/** `/v1/responses` in WebSocket mode, from the client's side and from the upstream's. */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import {
  openSocket,
  startSocketUpstream,
  type Accepted,
  type SocketUpstreamOptions,
} from '../../../../socket-upstream.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { testFolder } from '../../../../test-folder.ts';

const SURFACES = ['*', 'responses-websocket'];

const event = (type: string, more: Record<string, unknown> = {}): string => JSON.stringify({ type, ...more });
const create = (model: string, more: Record<string, unknown> = {}): string =>
  event('response.create', { model, input: 'hi', ...more });

/** A whole answer, as OpenAI's API sends it. */
function complete(_message: string, { socket, messages }: Accepted): void {
  const id = `resp_${messages.length}`;
  socket.send(event('response.created', { response: { id, usage: null } }));
  socket.send(event('response.output_text.delta', { delta: 'Hello' }));
  const usage = { input_tokens: 5, output_tokens: messages.length, total_tokens: 5 + messages.length };
  socket.send(event('response.completed', { response: { id, usage } }));
}

async function open(t: Test, options: SocketUpstreamOptions, config: Record<string, unknown> = {}) {
  const upstream = await startSocketUpstream(t, options);
  const lab = {
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: 'upstream-key',
    surfaces: SURFACES,
    models: { public: 'gpt-own', other: 'gpt-other' },
    rules: { set: { service_tier: 'flex' } },
  };
  const switchyard = await startSwitchyard(t, { providers: { lab }, retry: { again: 0 }, ...config });
  const connect = () =>
    openSocket(t, `${switchyard.url}/v1/responses`, { headers: { 'openai-beta': 'ws=1' } });
  return { upstream, switchyard, connect };
}

t.test('each response.create is a request of its own, over one connection to the upstream', async (t) => {
  const { upstream, switchyard, connect } = await open(t, { answer: complete });
  const client = connect();
  await client.opened;
  client.socket.send(create('public', { generate: false }));
  await client.message(3);
  client.socket.send(create('public', { previous_response_id: 'resp_1' }));
  await client.message(6);
  const up = await upstream.accepted();
  t.equal(upstream.handshakes.length, 1);
  t.match(up.request, {
    url: '/v1/responses',
    headers: { authorization: 'Bearer upstream-key', 'openai-beta': 'ws=1' },
  });
  t.strictSame(
    up.messages.map((message) => JSON.parse(message)),
    [
      { type: 'response.create', model: 'gpt-own', input: 'hi', generate: false, service_tier: 'flex' },
      {
        type: 'response.create',
        model: 'gpt-own',
        input: 'hi',
        previous_response_id: 'resp_1',
        service_tier: 'flex',
      },
    ],
  );
  t.strictSame(
    client.messages.map((message) => JSON.parse(message).type),
    [1, 2].flatMap(() => ['response.created', 'response.output_text.delta', 'response.completed']),
  );
  const [second, first] = await switchyard.traces(2);
  t.match(first, { model: 'public', ending: 'complete', usage: { prompt: 5, completion: 1 } });
  t.match(second, {
    ending: 'complete',
    attempts: [{ target: 'lab/gpt-own' }],
    usage: { prompt: 5, completion: 2 },
  });
  client.socket.close(1000, 'done');
  t.strictSame(await up.closed, [1000, 'done']);
});

t.test('a message that cannot be sent gets an error, and the connection stays', async (t) => {
  const { upstream, switchyard, connect } = await open(t, { answer: complete }, { unknownModels: 'reject' });
  const client = connect();
  await client.opened;
  client.socket.send('{"type":"response.cancel"}');
  t.match(JSON.parse(await client.message(1)), { type: 'error', status: 400, error: { param: 'type' } });
  client.socket.send('{"type":"response.create"}');
  t.match(JSON.parse(await client.message(2)), { type: 'error', status: 400, error: { param: 'model' } });
  client.socket.send(create('nothing'));
  t.match(JSON.parse(await client.message(3)), {
    type: 'error',
    status: 404,
    error: { code: 'model_not_found' },
  });
  t.equal(upstream.handshakes.length, 0);
  client.socket.send(create('other'));
  t.match(JSON.parse(await client.message(6)), { type: 'response.completed' });
  t.match(await switchyard.trace(), { model: 'other' });
});

t.test(
  'an upstream that refuses at once is left for another, and one that fails later is told',
  async (t) => {
    const busy = await startSocketUpstream(t, {
      answer: (_message, { socket }) =>
        socket.send(event('error', { status: 429, error: { message: 'busy', type: 'rate_limit_error' } })),
    });
    const failing = await startSocketUpstream(t, {
      answer: (_message, { socket }) => {
        socket.send(event('response.created'));
        socket.send(event('error', { status: 500, error: { message: 'it broke' } }));
      },
    });
    const lab = (baseUrl: string) => ({ use: 'openai-compatible', baseUrl, apiKey: 'k', surfaces: SURFACES });
    const targets = [
      { provider: 'busy', model: 'm', priority: 1 },
      { provider: 'failing', model: 'm', priority: 2 },
    ];
    const switchyard = await startSwitchyard(t, {
      providers: { busy: lab(busy.url), failing: lab(failing.url) },
      models: { m: { strategy: { use: 'priority' }, targets } },
      retry: { again: 0 },
    });
    const client = openSocket(t, `${switchyard.url}/v1/responses`);
    await client.opened;
    client.socket.send(create('m'));
    t.match(JSON.parse(await client.message(2)), { type: 'error', error: { message: 'it broke' } });
    t.equal(
      JSON.parse(client.messages[0] as string).type,
      'response.created',
      'nothing of the first is seen',
    );
    t.ok(client.socket.readyState === client.socket.OPEN, 'it stays');
    const trace = await until(
      () => switchyard.trace(),
      ({ ending }) => ending !== undefined,
    );
    t.match(trace, {
      ending: 'error',
      reason: 'upstream_error',
      attempts: [{ target: 'busy/m', status: 429 }, { target: 'failing/m' }],
    });
    const pinned = openSocket(t, `${switchyard.url}/v1/responses?provider=busy`);
    await pinned.opened;
    pinned.socket.send(create('m'));
    t.match(JSON.parse(await pinned.message(1)), { type: 'error', status: 429, error: { message: 'busy' } });
  },
);

t.test('an end of either side in the middle of an answer ends the other', async (t) => {
  const { upstream, switchyard, connect } = await open(t, {
    answer: (_message, { socket }) => socket.send(event('response.created')),
  });
  const leaving = connect();
  await leaving.opened;
  leaving.socket.send(create('public'));
  await leaving.message(1);
  t.equal(switchyard.gateway.upstreams.get('lab')?.use.inflight, 1);
  leaving.socket.terminate();
  await (
    await upstream.accepted(1)
  ).closed;
  t.match(
    await until(
      () => switchyard.trace(),
      ({ ending }) => ending !== undefined,
    ),
    { ending: 'left' },
  );
  const cut = connect();
  await cut.opened;
  cut.socket.send(create('public'));
  await cut.message(1);
  (await upstream.accepted(2)).connection.destroy();
  t.equal((await cut.closed)[0], 1011);
  t.match(await switchyard.trace(), { ending: 'cut' });
  const closed = connect();
  await closed.opened;
  closed.socket.send(create('public'));
  await closed.message(1);
  (await upstream.accepted(3)).socket.close(1013, 'come back');
  t.strictSame(await closed.closed, [1013, 'come back']);
});

t.test('keys hold for each request, and a key may come in a subprotocol', async (t) => {
  const { upstream, switchyard } = await open(
    t,
    { answer: complete },
    { home: testFolder(t, {}), server: { adminKeys: ['admin-key'] } },
  );
  const made = await switchyard.ask('/keys', {
    headers: { authorization: 'Bearer admin-key' },
    body: { name: 'small', models: ['public'], limits: { requests: { hour: 1 } } },
  });
  const { key } = made.json();
  const without = openSocket(t, `${switchyard.url}/v1/responses`);
  t.match(await without.refused, { status: 401 });
  const client = openSocket(t, `${switchyard.url}/v1/responses`, {
    protocols: ['realtime', `openai-insecure-api-key.${key}`],
  });
  await client.opened;
  t.equal(client.socket.protocol, 'realtime');
  client.socket.send(create('other'));
  t.match(JSON.parse(await client.message(1)), { status: 403, error: { code: 'model_not_allowed' } });
  client.socket.send(create('public'));
  await client.message(4);
  client.socket.send(create('public'));
  t.match(JSON.parse(await client.message(5)), { status: 429, error: { code: 'rate_limited' } });
  const up = await upstream.accepted();
  t.equal(up.messages.length, 1);
  t.notMatch(JSON.stringify(up.request.headers) + switchyard.log.join(''), new RegExp(key));
});

t.test('a gateway that stops closes a connection once its answer has ended', async (t) => {
  const { upstream, switchyard, connect } = await open(t, {
    answer: (_message, { socket }) => socket.send(event('response.created')),
  });
  const [idle, busy] = [connect(), connect()];
  await Promise.all([idle.opened, busy.opened]);
  busy.socket.send(create('public'));
  await busy.message(1);
  const closing = switchyard.close();
  t.equal((await idle.closed)[0], 1001);
  t.equal(busy.socket.readyState, busy.socket.OPEN);
  (await upstream.accepted()).socket.send(event('response.completed', { response: {} }));
  t.equal((await busy.closed)[0], 1001);
  t.equal(JSON.parse(busy.messages[1] as string).type, 'response.completed');
  await closing;
});

async function until<T>(ask: () => Promise<T>, is: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (is(value)) return value;
    await sleep(5);
  }
}
