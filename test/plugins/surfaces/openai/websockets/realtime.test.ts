/** `/v1/realtime` from the client's side and from the upstream's. */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openSocket, startSocketUpstream, type SocketUpstreamOptions } from '../../../../socket-upstream.ts';
import { startSwitchyard, type Switchyard } from '../../../../switchyard.ts';

const SURFACES = ['*', 'realtime-websocket'];

async function open(t: Test, options: SocketUpstreamOptions = {}, config: Record<string, unknown> = {}) {
  const upstream = await startSocketUpstream(t, options);
  const lab = {
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: 'upstream-key',
    surfaces: SURFACES,
    models: { voice: 'gpt-realtime' },
  };
  const switchyard = await startSwitchyard(t, { providers: { lab }, retry: { again: 0 }, ...config });
  return { upstream, switchyard };
}

/** The trace of the request, once it has ended. */
async function ended(switchyard: Switchyard) {
  for (;;) {
    const [newest] = (await switchyard.ask('/requests?limit=1')).json().data;
    if (newest) return switchyard.trace(newest.id);
    await sleep(5);
  }
}

t.test('messages pass both ways, with the key and the model of the provider', async (t) => {
  const { upstream, switchyard } = await open(t);
  const client = openSocket(t, `${switchyard.url}/v1/realtime?model=voice&x=1`, {
    headers: { authorization: 'Bearer callers-own', 'openai-beta': 'realtime=v1', cookie: 'a=b' },
    protocols: ['realtime', 'openai-insecure-api-key.sk-secret', 'openai-beta.realtime-v1'],
  });
  const headers = await client.opened;
  const up = await upstream.accepted();
  t.equal(up.request.url, '/v1/realtime?model=gpt-realtime&x=1');
  t.match(up.request.headers, {
    authorization: 'Bearer upstream-key',
    'openai-beta': 'realtime=v1',
    'sec-websocket-protocol': 'realtime,openai-beta.realtime-v1',
    cookie: undefined,
    origin: undefined,
  });
  t.equal(client.socket.protocol, 'realtime');
  t.match(headers, { 'x-switchyard-provider': 'lab', 'x-switchyard-model': 'gpt-realtime' });
  client.socket.send('{"type":"session.update","session":{"model":"voice","voice":"é"}}');
  t.equal(await up.message(1), '{"type":"session.update","session":{"model":"gpt-realtime","voice":"é"}}');
  client.socket.send('{"type":"input_audio_buffer.append","audio":"AAAA"}');
  t.equal(await up.message(2), '{"type":"input_audio_buffer.append","audio":"AAAA"}');
  for (const tokens of [3, 4])
    up.socket.send(
      `{"type":"response.done","response":{"usage":{"total_tokens":${tokens + 1},"input_tokens":${tokens},"output_tokens":1}}}`,
    );
  await client.message(2);
  up.socket.send(Buffer.from([0, 255, 1]), { binary: true });
  await client.message(3);
  client.socket.close(4001, 'enough');
  t.strictSame(await up.closed, [4001, 'enough'], 'it is closed upstream as the client closed it');
  const trace = await ended(switchyard);
  t.match(trace, {
    model: 'voice',
    ending: 'complete',
    status: 101,
    attempts: [{ target: 'lab/gpt-realtime', outcome: 'answered' }],
    usage: { prompt: 7, completion: 2, total: 9 },
  });
  t.ok(trace.bytes > 100);
  t.notMatch(JSON.stringify(trace) + switchyard.log.join(''), /sk-secret|callers-own/);
  t.equal(switchyard.gateway.upstreams.get('lab')?.use.inflight, 0);
});

t.test('a WebSocket counts as in flight, and an end of either side ends the other', async (t) => {
  const { upstream, switchyard } = await open(t, {}, {});
  const first = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`);
  await first.opened;
  t.equal(switchyard.gateway.upstreams.get('lab')?.use.inflight, 1);
  first.socket.terminate();
  t.equal((await (await upstream.accepted(1)).closed)[0], 1001, 'a client that is gone');
  t.match(await ended(switchyard), { ending: 'left' });

  const second = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`);
  await second.opened;
  (await upstream.accepted(2)).socket.close(4008, 'session ended');
  t.strictSame(await second.closed, [4008, 'session ended']);
  await sleep(0);
  t.match(await switchyard.trace(), {
    ending: 'error',
    reason: 'upstream_error',
    error: /4008.*session ended/,
  });

  const third = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`);
  await third.opened;
  (await upstream.accepted(3)).connection.destroy();
  t.equal((await third.closed)[0], 1011, 'one that is cut without a close frame');
  t.match(await switchyard.trace(), { ending: 'cut', reason: 'stream_cut' });
});

t.test('a handshake that is refused is tried elsewhere, and the last refusal is the answer', async (t) => {
  const down = await startSocketUpstream(t, { refuse: () => 503 });
  const up = await startSocketUpstream(t);
  const lab = (baseUrl: string) => ({ use: 'openai-compatible', baseUrl, apiKey: 'k', surfaces: SURFACES });
  const targets = [
    { provider: 'down', model: 'm', priority: 1 },
    { provider: 'up', model: 'm', priority: 2 },
  ];
  const switchyard = await startSwitchyard(t, {
    providers: { down: lab(down.url), up: lab(up.url) },
    models: { m: { strategy: { use: 'priority' }, targets } },
    retry: { again: 0 },
  });
  const client = openSocket(t, `${switchyard.url}/v1/realtime?model=m`);
  t.match(await client.opened, { 'x-switchyard-provider': 'up', 'x-switchyard-attempts': '2' });
  t.equal(down.handshakes.length, 1);
  client.socket.close();
  const refused = await openSocket(t, `${switchyard.url}/v1/realtime?model=m&provider=down`).refused;
  t.equal(refused.status, 503);
  t.match(refused.body, /not here/);
});

t.test('what is not read in time waits with its sender', async (t) => {
  const { upstream, switchyard } = await open(t);
  const client = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`);
  await client.opened;
  const up = await upstream.accepted();
  const big = 'x'.repeat(256 * 1024);
  const rounds = 100;
  client.socket.pause();
  let sent = 0;
  for (; sent < rounds; sent++) up.socket.send(big);
  await sleep(100);
  t.ok(up.socket.bufferedAmount > (rounds * big.length) / 3, 'the gateway holds a bounded part of it');
  client.socket.resume();
  await client.message(rounds);
  up.socket.pause();
  for (let n = 0; n < rounds; n++) client.socket.send(big);
  await sleep(100);
  t.ok(client.socket.bufferedAmount > (rounds * big.length) / 3, 'and so it does the other way');
  up.socket.resume();
  await up.message(rounds);
});

t.test('a provider without it, and a page of another site, are refused before the upgrade', async (t) => {
  const { upstream, switchyard } = await open(t);
  const page = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`, {
    headers: { origin: 'https://evil.example' },
  });
  t.match(await page.refused, { status: 403, body: /forbidden_origin/ });
  const host = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`, {
    headers: { host: 'evil.example' },
  });
  t.match(await host.refused, { status: 403, body: /forbidden_host/ });
  const responses = openSocket(t, `${switchyard.url}/v1/responses`);
  t.match(await responses.refused, { status: 426, body: /upgrade_refused/ });
  t.equal(upstream.handshakes.length, 0);
  const plain = await switchyard.ask('/v1/realtime?model=voice');
  t.match(plain, { status: 426, text: /connect to it as one/ });
});

t.test('a gateway that stops gives a session its time, and then closes it', async (t) => {
  const { upstream, switchyard } = await open(t, {}, { server: { drain: '50ms' } });
  const client = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`);
  await client.opened;
  const up = await upstream.accepted();
  const closing = switchyard.close();
  t.equal((await client.closed)[0], 1001);
  t.equal((await up.closed)[0], 1001);
  await closing;
});

t.test("the operator's rules hold for a session, and are listed", async (t) => {
  const upstream = await startSocketUpstream(t, {});
  const switchyard = await startSwitchyard(t, {
    providers: {
      lab: {
        use: 'openai-compatible',
        baseUrl: upstream.url,
        surfaces: SURFACES,
        rules: { strip: ['tracing'] },
      },
    },
    models: {
      voice: {
        targets: [{ provider: 'lab', model: 'gpt-realtime' }],
        rules: { set: { max_output_tokens: 100 }, default: { tool_choice: 'none' }, system: 'Be kind.' },
      },
    },
    retry: { again: 0 },
  });
  const session = async (nth: number) => {
    const client = openSocket(t, `${switchyard.url}/v1/realtime?model=voice`);
    await client.opened;
    const up = await upstream.accepted(nth);
    return { client, up, read: async (n: number) => JSON.parse(await up.message(n)) };
  };
  const quiet = await session(1);
  quiet.up.socket.send('{"type":"session.created","session":{"type":"realtime","instructions":"usual"}}');
  t.strictSame(await quiet.read(1), {
    type: 'session.update',
    session: { type: 'realtime', tool_choice: 'none', max_output_tokens: 100, instructions: 'Be kind.' },
  });
  await quiet.client.message(1);
  quiet.client.socket.send(
    '{"type":"session.update","session":{"voice":"é","instructions":"Own.","tracing":"auto","max_output_tokens":9}}',
  );
  t.equal(
    await quiet.up.message(2),
    '{"type":"session.update","session":{"voice":"é","instructions":"Be kind.\\n\\nOwn.","max_output_tokens":100}}',
  );
  quiet.client.socket.send('{"type":"response.create"}');
  t.equal(await quiet.up.message(3), '{"type":"response.create"}');
  quiet.client.socket.send(
    '{"type":"response.create","response":{"instructions":"Now.","tool_choice":"auto"}}',
  );
  t.strictSame(await quiet.read(4), {
    type: 'response.create',
    response: { instructions: 'Be kind.\n\nNow.', tool_choice: 'auto' },
  });
  const audio = '{"type":"input_audio_buffer.append","audio":"AAAA"}';
  quiet.client.socket.send(audio);
  t.equal(await quiet.up.message(5), audio);
  quiet.client.socket.close();
  t.match((await ended(switchyard)).notes, [
    { remark: /^rules for lab: .*set tool_choice, which was absent.*put a system prompt first/ },
    { remark: 'rules for lab: removed tracing' },
  ]);
  const own = await session(2);
  own.client.socket.send('{"type":"session.update","session":{"tool_choice":"auto"}}');
  t.strictSame(await own.read(1), {
    type: 'session.update',
    session: { max_output_tokens: 100, instructions: 'Be kind.', tool_choice: 'auto' },
  });
  own.up.socket.send('{"type":"session.created","session":{}}');
  await own.client.message(1);
  own.client.socket.send(audio);
  t.equal(await own.up.message(2), audio, 'what the client has set is not set again');
  const written = await session(3);
  written.up.socket.send('{"type":"session.created","session":{"type":"transcription"}}');
  t.strictSame(await written.read(1), {
    type: 'session.update',
    session: { type: 'transcription', tool_choice: 'none', max_output_tokens: 100 },
  });
});
