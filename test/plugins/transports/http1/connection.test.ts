import dns from 'node:dns';
import type { Socket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { http1Transport } from '../../../../plugins/transports/http1/transport.ts';
import { busyTurns } from '../../../busy-turns.ts';
import { ask, Calls } from './calls.ts';
import { GOES_ON, nodeServer, OK, opened } from './opened.ts';
import { rawServer } from './raw-server.ts';

t.test('a connection carries one request at a time, and there are as many as requests at once', async (t) => {
  const held: Socket[] = [];
  const server = await rawServer(t, (socket, request) => {
    if (request.startsWith('GET /held')) held.push(socket);
    else socket.write(OK);
  });
  const transport = opened(t);
  for (let time = 0; time < 20; time++)
    t.match(await ask(transport, server.origin).over, { reused: time > 0, body: 'ok' });
  t.equal(server.sockets.length, 1);
  const several = Array.from({ length: 10 }, () => ask(transport, server.origin, { path: '/held' }));
  while (held.length < 10) await turn();
  t.equal(server.sockets.length, 10);
  for (const socket of held) socket.write(OK);
  await Promise.all(several.map(({ over }) => over));
  for (let time = 0; time < 10; time++) t.match(await ask(transport, server.origin).over, { reused: true });
  t.equal(server.sockets.length, 10);
});

t.test('the next request can be sent from within the end of the last, on the same connection', async (t) => {
  const server = await rawServer(t, (socket) => void socket.write(OK));
  const transport = opened(t);
  let left = 50;
  await new Promise<void>((resolve) => {
    class Again extends Calls {
      override end(): void {
        super.end();
        if (left-- > 0) ask(transport, server.origin, {}, new Again());
        else resolve();
      }
    }
    ask(transport, server.origin, {}, new Again());
  });
  t.equal(server.requests.length, 51);
  t.equal(server.sockets.length, 1);
});

t.test(
  'a server that closes after each chunked answer gets the next request on a new connection',
  async (t) => {
    const server = await rawServer(t, (socket) => {
      socket.write(`${GOES_ON}0\r\n\r\n`);
      socket.end();
    });
    const transport = opened(t);
    const answers: Calls[] = [];
    // Each is asked right at the end of the last answer, when the client cannot know yet that the server closes.
    for (let nth = 1; nth <= 5; nth++)
      answers.push(await ask(transport, server.origin, { method: 'POST', body: Buffer.from('x') }).over);
    t.strictSame(
      answers.map(({ said, reused, body }) => [said.at(-1), reused, body]),
      Array.from({ length: 5 }, () => ['end', false, 'a']),
    );
    t.equal(server.requests.length, 5, 'none is sent twice');
  },
);

t.test(
  'a request that waits for the end of a turn, in which the server closes, is sent on a new connection',
  async (t) => {
    const server = await rawServer(t, (socket) => void socket.write(OK));
    const transport = opened(t);
    await ask(transport, server.origin).over;
    busyTurns(t);
    for (let nth = 0; nth < 10; nth++) {
      // Between the timers and the end of a turn sockets are read.
      await sleep(1);
      server.sockets.at(-1)?.destroy();
      const { said, reused, body } = await ask(transport, server.origin, { path: `/${nth}` }).over;
      t.strictSame([said, reused, body], [['connected', 'head', 'data', 'end'], false, 'ok']);
    }
    t.equal(server.requests.length, 11, 'none is sent twice');
  },
);

t.test('a request that is aborted before the end of its turn is not sent', async (t) => {
  const server = await rawServer(t, (socket) => void socket.write(OK));
  const transport = opened(t);
  await ask(transport, server.origin).over;
  busyTurns(t);
  await turn();
  const { exchange, said } = ask(transport, server.origin, { path: '/aborted' });
  exchange?.abort();
  await ask(transport, server.origin, { path: '/last' }).over;
  t.notMatch(server.requests.join(), '/aborted');
  t.strictSame(said, []);
});

t.test('a connection idle for 4 s, or as long as its server grants, is not reused', async (t) => {
  let now = 0;
  let granted = '';
  const server = await rawServer(t, (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${granted}content-length: 2\r\n\r\nok`);
  });
  const transport = opened(t, () => now);
  const reusedAfter = async (rest: number): Promise<boolean | undefined> => {
    await ask(transport, server.origin).over;
    now += rest;
    return (await ask(transport, server.origin).over).reused;
  };
  t.equal(await reusedAfter(3_999), true);
  t.equal(await reusedAfter(4_000), false);
  granted = 'keep-alive: timeout=3\r\n';
  t.equal(await reusedAfter(1_999), true);
  t.equal(await reusedAfter(2_000), false);
  granted = 'connection: close\r\n';
  t.equal(await reusedAfter(0), false);
});

t.test('a small request is one write, a large one arrives whole', async (t) => {
  const reads: number[] = [];
  const server = await rawServer(t, (socket) => void socket.write(OK));
  const transport = opened(t);
  const body = Buffer.from(Array.from({ length: 16 * 1024 }, (_, at) => at));
  const first = ask(transport, server.origin, { method: 'POST', body: body.subarray(0, 1_000) });
  while (server.sockets.length === 0) await turn();
  server.sockets[0]?.on('data', (chunk) => reads.push(chunk.length));
  await first.over;
  reads.length = 0;
  await ask(transport, server.origin, { method: 'POST', body: body.subarray(0, 1_000) }).over;
  t.equal(reads.length, 1);
  for (const size of [16 * 1024, 16 * 1024 + 1, 1_000_000]) {
    const sent = Buffer.concat(Array.from({ length: Math.ceil(size / body.length) }, () => body)).subarray(
      0,
      size,
    );
    await ask(transport, server.origin, { method: 'POST', body: sent }).over;
    const request = server.requests.at(-1) as string;
    t.equal(
      request.slice(request.indexOf('\r\n\r\n') + 4) === sent.toString('latin1'),
      true,
      `${size} bytes`,
    );
  }
});

t.test('hosts by name, by IPv6 address, and with a user’s name in front', async (t) => {
  const port = await nodeServer(t, undefined, (request, response) => {
    response.end(`${request.headers.host} ${request.headers.authorization}`);
  });
  const transport = opened(t);
  const hosts: [host: string, told?: string][] = [
    ['localhost'],
    ['127.0.0.1'],
    ['[::1]'],
    ['user:secret@localhost', 'localhost'],
  ];
  for (const [host, told = host] of hosts) {
    const calls = await ask(transport, `http://${host}:${port}`).over;
    t.match(calls, { body: `${told}:${port} undefined`, error: undefined }, host);
  }
  t.match(await ask(transport, 'http://127.0.0.1:1').over, {
    error: { code: 'ECONNREFUSED' },
    said: ['lost'],
  });
  t.match(await ask(transport, 'http://nowhere.invalid').over, { error: { code: /ENOTFOUND|EAI_AGAIN/ } });
});

t.test('a name whose first address does not answer is reached at its second', async (t) => {
  const port = await nodeServer(t, '127.0.0.1', (_, response) => response.end('ok'));
  const { lookup } = dns;
  t.teardown(() => Object.assign(dns, { lookup }));
  const addresses = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  const both = (_: string, __: unknown, done: (error: null, all: unknown) => void): void =>
    done(null, addresses);
  Object.assign(dns, { lookup: both });
  const transport = opened(t);
  t.match(await ask(transport, `http://two.invalid:${port}`).over, { body: 'ok', reused: false });
  t.match(await ask(transport, `http://two.invalid:${port}`).over, { body: 'ok', reused: true });
  const { error } = await ask(transport, 'http://two.invalid:1').over;
  t.match((error as unknown as AggregateError).errors, [{ code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }]);
});

t.test('what a listener throws ends its exchange only', async (t) => {
  const server = await rawServer(t, (socket) => void socket.write(OK));
  const transport = opened(t);
  const fail = (): void => {
    throw new Error('mine');
  };
  for (const [place, said] of [
    ['connected', ['connected', 'lost']],
    ['head', ['connected', 'head', 'lost']],
    ['data', ['connected', 'head', 'data', 'lost']],
  ] as const) {
    t.match(await ask(transport, server.origin, {}, new Calls({ [place]: fail })).over, {
      said,
      error: { message: 'mine' },
    });
    t.match(await ask(transport, server.origin).over, { body: 'ok' });
  }
});

t.test('closing ends active requests, and none is sent after it', async (t) => {
  const server = await rawServer(
    t,
    (socket, request) => void socket.write(request.startsWith('GET /held') ? GOES_ON : OK),
  );
  const transport = http1Transport();
  await ask(transport, server.origin).over;
  const calls = ask(transport, server.origin, { path: '/held' });
  while (!calls.said.includes('data')) await turn();
  await transport.close();
  await transport.close();
  t.match(await calls.over, { error: { code: 'ECONNABORTED' } });
  t.throws(() => ask(transport, server.origin), /closed/);
});

t.test('a thousand requests leave nothing behind', async (t) => {
  const server = await rawServer(t, (socket, request) => {
    const [, path] = request.split(' ');
    if (path === '/0') socket.write(OK);
    else if (path === '/1') socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok');
    else if (path === '/2') socket.write('what?');
    else socket.write(GOES_ON);
  });
  const handles = (): number =>
    process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket')).length;
  const before = handles();
  const transport = http1Transport();
  for (let time = 0; time < 1_000; time++) {
    const calls = new Calls();
    ask(transport, server.origin, { path: `/${time % 4}` }, calls);
    if (time % 4 !== 3) await calls.over;
    else {
      while (!calls.said.includes('data')) await turn();
      calls.exchange?.abort();
    }
  }
  await transport.close();
  for (let wait = 0; handles() > before && wait < 50; wait++) await sleep(10);
  t.equal(handles(), before);
});
