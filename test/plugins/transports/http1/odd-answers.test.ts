import type { Transport } from '../../../../core/contracts/index.ts';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { http1Transport } from '../../../../plugins/transports/http1/transport.ts';
import { badAnswers } from './answers.ts';
import { ask } from './calls.ts';
import { rawServer, type RawServer } from './raw-server.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

async function start(
  t: Test,
  answer: (socket: Socket, request: string) => void,
): Promise<{ transport: Transport; server: RawServer }> {
  const transport = http1Transport();
  t.teardown(() => transport.close());
  return { transport, server: await rawServer(t, answer) };
}

t.test('a doubtful answer is refused over a real connection, which is closed', async (t) => {
  let bytes = '';
  const { transport, server } = await start(t, (socket) => {
    // Without an end of the connection, so that only what was read can be the reason.
    socket.write(bytes, 'latin1');
    if (/^HTTP\/1.1 (102|200 OK\r\ncontent-le$)/.test(bytes)) socket.end();
  });
  for (const [what, answer, names] of badAnswers) {
    bytes = answer;
    const { error, said } = await ask(transport, server.origin).over;
    t.equal(said.at(-1), 'lost', what);
    t.match(error, { code: 'HTTP1_MALFORMED', message: names }, what);
  }
  t.equal(server.sockets.length, badAnswers.length, 'none was used again');
});

t.test('an answer that comes byte by byte', async (t) => {
  const bytes =
    'HTTP/1.1 102 X\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x\r\nabc\r\n1\r\nd\r\n0\r\na: b\r\n\r\n';
  const { transport, server } = await start(t, async (socket) => {
    for (const byte of bytes) {
      socket.write(byte);
      await turn();
    }
  });
  for (const reused of [false, true])
    t.match(await ask(transport, server.origin).over, {
      reused,
      body: 'abcd',
      said: ['connected', 'head', 'data', 'end'],
    });
});

t.test('an end that comes too early', async (t) => {
  const cases: [what: string, bytes: string, said: string[]][] = [
    ['before anything', '', ['connected', 'lost']],
    ['in a body with a length', OK.slice(0, -1), ['connected', 'head', 'data', 'lost']],
    [
      'before the last chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n',
      ['connected', 'head', 'data', 'lost'],
    ],
    [
      'within the last chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n',
      ['connected', 'head', 'data', 'lost'],
    ],
  ];
  for (const [what, bytes, said] of cases) {
    for (const end of ['end', 'resetAndDestroy'] as const) {
      const { transport, server } = await start(t, (socket) => {
        socket.write(bytes, () => setTimeout(() => socket[end](), 5));
      });
      const calls = await ask(transport, server.origin).over;
      t.match(calls, { said, error: { code: 'ECONNRESET' } }, `${what}, ${end}`);
      if (end === 'end') t.match(calls.error, { message: 'other side closed' });
    }
  }
});

t.test('a body without a length ends where the connection does, and is broken by a reset', async (t) => {
  for (const [end, last] of [
    ['end', 'end'],
    ['resetAndDestroy', 'lost'],
  ] as const) {
    const { transport, server } = await start(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nall', () => setTimeout(() => socket[end](), 5));
    });
    t.match(await ask(transport, server.origin).over, {
      said: ['connected', 'head', 'data', last],
      body: 'all',
    });
  }
});

t.test('bytes after the end do not harm the answer, and the connection is not reused', async (t) => {
  const extra = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil';
  const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
  const none = 'HTTP/1.1 204 No Content\r\n\r\n';
  for (const [bytes, body] of [
    [OK + extra, 'ok'],
    [`${OK}\r\n`, 'ok'],
    [chunked + extra, 'ok'],
    [none + extra, ''],
  ] as const) {
    const { transport, server } = await start(t, (socket) => void socket.write(bytes));
    for (let time = 0; time < 3; time++)
      t.match(await ask(transport, server.origin).over, { reused: false, body, error: undefined });
    t.equal(server.sockets.length, 3);
  }
});

t.test('bytes, an end or a reset on an idle connection remove it', async (t) => {
  for (const [what, act] of [
    ['bytes', (socket: Socket) => void socket.write(OK)],
    ['an end', (socket: Socket) => void socket.end()],
    ['a reset', (socket: Socket) => void socket.resetAndDestroy()],
  ] as const) {
    const { transport, server } = await start(t, (socket) => void socket.write(OK));
    await ask(transport, server.origin).over;
    const [socket] = server.sockets as [Socket];
    const closed = new Promise((resolve) => socket.once('close', resolve));
    act(socket);
    await closed;
    await turn();
    t.match(await ask(transport, server.origin).over, { reused: false, body: 'ok', error: undefined }, what);
  }
});

t.test('a body that HEAD, 204 and 304 do not have is not waited for', async (t) => {
  const { transport, server } = await start(t, (socket, request) => {
    const path = request.split(' ')[1];
    if (path === '/204') socket.write('HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n');
    else if (path === '/304') socket.write('HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n');
    else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n');
  });
  for (const [method, path] of [
    ['GET', '/204'],
    ['GET', '/304'],
    ['HEAD', '/'],
  ] as const)
    t.match(await ask(transport, server.origin, { method, path }).over, {
      said: ['connected', 'head', 'end'],
    });
  t.equal(server.sockets.length, 1);
});

t.test('an answer to a request that has not been sent to its end', async (t) => {
  // It reads nothing, so most of the request stays where it is.
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket);
    socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = http1Transport();
  t.teardown(async () => {
    await transport.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (let time = 0; time < 2; time++) {
    const { over } = ask(transport, origin, { method: 'POST', body: Buffer.alloc(32 * 1024 * 1024) });
    t.match(await over, { status: 413, body: 'no', reused: false, error: undefined });
  }
});
