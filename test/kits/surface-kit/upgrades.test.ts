import { once } from 'node:events';
import type { Socket } from 'node:net';
import Fastify from 'fastify';
import t from 'tap';
import switchyard from '../../../gateway.ts';
import { oneRequest } from '../../lab.ts';
import { openSocket, startSocketUpstream } from '../../socket-upstream.ts';

const UPGRADE = [
  'connection: Upgrade',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
];

t.test('an app keeps its own upgrades, and other requests with an upgrade stay requests', async (t) => {
  const upstream = await startSocketUpstream(t);
  const app = Fastify({ forceCloseConnections: true });
  app.server.on('upgrade', ({ url }, socket: Socket) => {
    if (url === '/own') socket.end('HTTP/1.1 418 Own\r\ncontent-length: 0\r\n\r\n');
  });
  app.post('/echo', ({ body }) => body);
  app.register(switchyard, {
    prefix: '/ai',
    discover: false,
    history: { enabled: false },
    home: t.testdir(),
    providers: {
      lab: {
        use: 'openai-compatible',
        baseUrl: upstream.url,
        apiKey: 'k',
        surfaces: ['*', 'realtime-websocket'],
      },
    },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  t.equal((await oneRequest(url, 'GET /own', ['upgrade: websocket', ...UPGRADE])).status, 418);
  const client = openSocket(t, `${url}/ai/v1/realtime?model=m`);
  await client.opened;
  client.socket.send('hi');
  t.equal(await (await upstream.accepted()).message(1), 'hi');
  client.socket.close();
  await client.closed;
  const bad = await oneRequest(url, 'GET /ai/v1/realtime?model=m', [
    'upgrade: websocket',
    'connection: Upgrade',
    'sec-websocket-version: 8',
    'sec-websocket-key: x',
  ]);
  t.match(bad, { status: 400, text: /Sec-WebSocket-Version/ });
});

t.test('an upgrade that is only offered changes nothing of a request', async (t) => {
  const upstream = await startSocketUpstream(t);
  const app = Fastify({ forceCloseConnections: true });
  app.register(switchyard, {
    discover: false,
    history: { enabled: false },
    home: t.testdir(),
    providers: {
      lab: { use: 'openai-compatible', baseUrl: upstream.url, surfaces: ['*', 'responses-websocket'] },
    },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const offered = ['upgrade: h2c', 'connection: Upgrade, HTTP2-Settings', 'http2-settings: AAMAAABk'];
  const { status, text } = await oneRequest(
    url,
    'POST /v1/chat/completions',
    [...offered, 'content-type: application/json'],
    '{"messages":[]}',
  );
  t.equal(status, 400, 'its body was read');
  t.match(text, /'model' is missing/);
  t.equal((await oneRequest(url, 'GET /v1/responses', offered)).status, 405);
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime`);
  await once(socket, 'error');
  t.equal(upstream.handshakes.length, 0);
});
