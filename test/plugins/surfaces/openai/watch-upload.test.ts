import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import t from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { openLab } from '../../../lab.ts';
import type { Received } from '../../../upstream/received.ts';

t.test(
  'an upload streams: the upstream has its beginning before its end is sent, however long it is',
  async (t) => {
    const { switchyard, upstream } = await openLab(t, { config: { server: { bodyLimit: '1KiB' } } });
    const socket = connect(Number(new URL(switchyard.url).port), '127.0.0.1');
    t.teardown(() => socket.destroy());
    await once(socket, 'connect');
    socket.write('POST /v1/uploads/u/parts HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    socket.write('content-type: application/octet-stream\r\ncontent-length: 100000\r\n\r\n');
    socket.write(Buffer.alloc(50_000));
    while (upstream.posts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    t.notOk(upstream.posts[0]?.whole, 'it is there, not yet whole');
    socket.write(Buffer.alloc(50_000));
    const request = await upstream.seen(1, ({ method }) => method === 'POST');
    t.equal(request.body.length, 100_000);
    t.equal(request.headers['content-length'], '100000');
  },
);

t.test('a client disconnect during an upload aborts the upstream request', async (t) => {
  const { switchyard, upstream, asked } = await openLab(t);
  const socket = connect(Number(new URL(switchyard.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /v1/files HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000\r\n');
  socket.write('content-type: application/octet-stream\r\n\r\n');
  socket.write(Buffer.alloc(50_000));
  while (asked().length === 0) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  const [request] = asked();
  t.equal(await upstream.left(request as Received), 'before-head');
  t.equal((await switchyard.ask('/v1/files')).status, 200, 'the gateway still stands');
});

t.test("an upstream's refusal in the middle of an upload reaches the client", async (t) => {
  const server = createServer((_request, response) => {
    response.writeHead(413, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"too much"}}');
  });
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const switchyard = await startSwitchyard(t, { providers: { lab: { use: 'openai-compatible', baseUrl } } });
  const { status, text } = await switchyard.ask('/v1/files', {
    body: Buffer.alloc(8 * 1024 * 1024),
    headers: { 'content-type': 'application/octet-stream' },
  });
  t.match({ status, text }, { status: 413, text: /too much/ });
});
