import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { testCertificate } from '../../../upstream/tls.ts';
import { ask } from './calls.ts';
import { GOES_ON, OK, opened } from './opened.ts';
import { rawServer } from './raw-server.ts';

setDefaultCACertificates([testCertificate().cert]);

/** What each of a server's connections agreed on. */
interface Agreed {
  readonly name: string | false | null;
  readonly protocol: string | false | null;
  readonly resumed: boolean;
}

async function tlsServer(t: Test, certificate = testCertificate(), protocols = ['h2', 'http/1.1']) {
  const agreed: Agreed[] = [];
  const server = createServer({ ...certificate, ALPNProtocols: protocols }, (socket: TLSSocket) => {
    const { servername, alpnProtocol } = socket as TLSSocket & { servername: string | false };
    agreed.push({ name: servername, protocol: alpnProtocol, resumed: socket.isSessionReused() });
    socket.on('error', () => {});
    socket.on('data', () => socket.end(OK.replace('\r\n', '\r\nconnection: close\r\n')));
  });
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  return { port: (server.address() as AddressInfo).port, agreed };
}

t.test('HTTP/1.1 is agreed on, the name is sent, and the second handshake resumes the session', async (t) => {
  const { port, agreed } = await tlsServer(t);
  const transport = opened(t);
  for (const host of ['localhost', 'localhost', '127.0.0.1'])
    t.match(await ask(transport, `https://${host}:${port}`).over, { status: 200, body: 'ok', reused: false });
  t.match(agreed, [
    { name: 'localhost', protocol: 'http/1.1', resumed: false },
    { name: 'localhost', protocol: 'http/1.1', resumed: true },
    { name: false, protocol: 'http/1.1', resumed: false },
  ]);
});

t.test('nothing is sent to a server whose certificate is of another name, or not trusted', async (t) => {
  setDefaultCACertificates([testCertificate().cert, testCertificate('api.example.test').cert]);
  const other = await tlsServer(t, testCertificate('api.example.test'));
  const transport = opened(t);
  const wrong = await ask(transport, `https://localhost:${other.port}`).over;
  t.match(wrong, { said: ['lost'], error: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  setDefaultCACertificates([]);
  const { port } = await tlsServer(t);
  const unknown = await ask(transport, `https://localhost:${port}`).over;
  t.match(unknown, { said: ['lost'], error: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  setDefaultCACertificates([testCertificate().cert]);
});

t.test('a server that agrees on nothing but HTTP/2, or speaks no TLS, is an error', async (t) => {
  const { port } = await tlsServer(t, testCertificate(), ['h2']);
  t.match(await ask(opened(t), `https://localhost:${port}`).over, { said: ['lost'], error: Error });
  const plain = await rawServer(t, (socket) => void socket.write(OK), {
    begun: (socket) => socket.end(OK),
  });
  t.match(await ask(opened(t), `https://127.0.0.1:${plain.port}`).over, { said: ['lost'], error: Error });
});

t.test('connections are kept, long bodies arrive whole both ways, and an abort closes', async (t) => {
  const long = Buffer.alloc(3_000_000, 'x');
  const server = await rawServer(
    t,
    (socket, request) => {
      if (request.startsWith('GET /open')) return void socket.write(GOES_ON);
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${long.length}\r\n\r\n`);
      socket.write(long);
    },
    { tls: true },
  );
  const transport = opened(t);
  const post = { method: 'POST', headers: { 'content-length': String(long.length) }, body: long };
  for (const reused of [false, true, true]) {
    const calls = await ask(transport, server.origin, post).over;
    t.match(calls, { status: 200, reused });
    t.equal(calls.body.length, long.length);
  }
  t.equal(server.sockets.length, 1);
  t.equal(server.requests.at(-1)?.length, (server.requests[0] as string).length);
  const { promise, resolve } = Promise.withResolvers<void>();
  const leaving = ask(transport, server.origin, { path: '/open' });
  const timer = setInterval(() => leaving.chunks.length > 0 && resolve(), 5);
  await promise;
  clearInterval(timer);
  const closed = once(server.sockets[0]!, 'close');
  leaving.exchange?.abort();
  await closed;
  t.match(leaving.said, ['connected', 'head', 'data']);
});
