import { once } from 'node:events';
import t from 'tap';
import { oneRequest, openLab } from '../../lab.ts';

const HANDSHAKE = [
  'upgrade: websocket',
  'connection: Upgrade',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
];

t.test('a WebSocket is refused at once, and nothing is asked upstream', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const before = upstream.requests.length;
  for (const path of ['/v1/responses', '/responses', '/v1/realtime?model=m']) {
    const socket = new WebSocket(switchyard.url.replace('http', 'ws') + path);
    await once(socket, 'error');
    t.equal(socket.readyState, WebSocket.CLOSED, path);
    const { status, text } = await oneRequest(switchyard.url, `GET ${path}`, [
      ...HANDSHAKE,
      'connection: close',
    ]);
    t.equal(status, 426, path);
    t.match(JSON.parse(text), { error: { code: 'upgrade_refused', message: /POST .*responses/ } });
  }
  t.equal(upstream.requests.length, before);
});

t.test('another upgrade that a client only offers is not a WebSocket', async (t) => {
  const { switchyard } = await openLab(t);
  const offered = ['upgrade: h2c', 'http2-settings: AAMAAABk'];
  t.equal((await oneRequest(switchyard.url, 'GET /v1/responses', offered)).status, 405);
});
