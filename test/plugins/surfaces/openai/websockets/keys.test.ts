/** What a key may do holds for each request of a WebSocket, and what ends a key ends what runs there. */
import t, { type Test } from 'tap';
import { openSocket, startSocketUpstream, type SocketUpstreamOptions } from '../../../../socket-upstream.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { testFolder } from '../../../../test-folder.ts';

const ADMIN = 'Bearer admin-key';
const event = (type: string, more: object = {}): string => JSON.stringify({ type, ...more });
const CREATE = event('response.create', { model: 'm', input: 'hi' });

async function open(t: Test, options: SocketUpstreamOptions = {}) {
  const upstream = await startSocketUpstream(t, options);
  const surfaces = ['*', 'realtime-websocket', 'responses-websocket'];
  const lab = {
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: 'upstream-key',
    surfaces,
    models: { m: 'm', other: 'other' },
  };
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    server: { adminKeys: ['admin-key'] },
    providers: { lab },
    retry: { again: 0 },
  });
  const manage = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body: Record<string, unknown>) =>
    switchyard.ask(path, { method, headers: { authorization: ADMIN }, body });
  const make = async (traits: Record<string, unknown>): Promise<string> =>
    (await manage('POST', '/keys', { name: 'app', ...traits })).json().key;
  const connect = (key: string, path: string) =>
    openSocket(t, switchyard.url + path, { headers: { authorization: `Bearer ${key}` } });
  return { upstream, manage, make, connect };
}

t.test('a viewer opens no WebSocket: what follows calls models', async (t) => {
  const { upstream, make, connect } = await open(t);
  const viewer = await make({ role: 'viewer' });
  for (const path of ['/v1/realtime?model=m', '/v1/responses']) {
    const { status, body } = await connect(viewer, path).refused;
    t.equal(status, 403, path);
    t.match(body, /role_not_allowed/);
  }
  t.equal(upstream.handshakes.length, 0);
});

t.test('each response is asked for with the key as it is then', async (t) => {
  const { upstream, manage, make, connect } = await open(t, {
    answer: (_message, { socket }) => socket.send(event('response.completed', { response: {} })),
  });
  const client = connect(await make({}), '/v1/responses');
  await client.opened;
  let told = 0;
  const create = async (): Promise<{ type: string; error?: { code: string } }> => {
    client.socket.send(CREATE);
    return JSON.parse(await client.message(++told));
  };
  t.equal((await create()).type, 'response.completed');
  for (const [traits, code] of [
    [{ models: ['other'] }, 'model_not_allowed'],
    [{ models: ['*'], expires: '2020-01-01T00:00:00Z' }, 'key_expired'],
  ] as const) {
    t.equal((await manage('PATCH', '/keys/app', traits)).status, 200);
    t.match(await create(), { type: 'error', error: { code } });
  }
  await manage('PATCH', '/keys/app', { expires: null });
  t.equal((await create()).type, 'response.completed', 'it is valid again');
  t.equal((await manage('POST', '/keys/app/revoke', {})).status, 200);
  t.match(await create(), { type: 'error', status: 401, error: { code: 'key_revoked' } });
  t.equal((await upstream.accepted()).messages.length, 2);
});

t.test('a session whose key is revoked now gets the reason in an event, then is closed', async (t) => {
  const { upstream, manage, make, connect } = await open(t);
  const client = connect(await make({}), '/v1/realtime?model=m');
  await client.opened;
  const up = await upstream.accepted();
  t.match((await manage('POST', '/keys/app/revoke', { now: true })).json(), { ended: 1 });
  t.match(JSON.parse(await client.message(1)), {
    event_id: /^event_/,
    type: 'error',
    error: { type: 'authentication_error', code: 'key_revoked', message: /'app' was revoked/ },
  });
  t.match(await client.closed, [1008, /'app' was revoked/]);
  await up.closed;
});

t.test('so is a response that runs over a WebSocket, whose connection stays', async (t) => {
  const { upstream, manage, make, connect } = await open(t, {
    answer: (_message, { socket }) => socket.send(event('response.created', { response: {} })),
  });
  const client = connect(await make({}), '/v1/responses');
  await client.opened;
  client.socket.send(CREATE);
  await client.message(1);
  await manage('POST', '/keys/app/revoke', { now: true });
  t.match(JSON.parse(await client.message(2)), {
    type: 'error',
    status: 401,
    error: { code: 'key_revoked' },
  });
  await (
    await upstream.accepted()
  ).closed;
  client.socket.send(CREATE);
  t.match(JSON.parse(await client.message(3)), { error: { code: 'key_revoked' } });
  t.equal(client.socket.readyState, client.socket.OPEN);
});
