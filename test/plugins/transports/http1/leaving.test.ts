import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { ask, Calls } from './calls.ts';
import { GOES_ON, nodeServer, OK, opened } from './opened.ts';
import { rawServer } from './raw-server.ts';

t.test('an abort during the connect sends nothing', async (t) => {
  const server = await rawServer(t, (socket) => void socket.write(OK));
  const transport = opened(t);
  const early = ask(transport, server.origin);
  early.exchange?.abort();
  const told: Calls = new Calls({ connected: () => told.exchange?.abort() });
  ask(transport, server.origin, {}, told);
  await sleep(30);
  t.same([early.said, told.said], [[], ['connected']]);
  t.equal(server.requests.length, 0);
  t.match(await ask(transport, server.origin).over, { body: 'ok' });
});

for (const phase of ['before the head', 'head', 'data', 'paused', 'from outside'] as const) {
  t.test(`an abort closes the connection at once, and no callback follows: ${phase}`, async (t) => {
    const server = await rawServer(t, (socket) => {
      if (phase !== 'before the head')
        socket.write(`${GOES_ON}1\r\nb\r\n0\r\n\r\n`.slice(0, phase === 'from outside' ? -5 : undefined));
    });
    const transport = opened(t);
    const calls: Calls = new Calls({
      head: () => phase === 'head' && calls.exchange?.abort(),
      data: () => {
        if (phase === 'paused') calls.exchange?.pause();
        if (phase === 'data' || phase === 'paused') calls.exchange?.abort();
      },
    });
    ask(transport, server.origin, {}, calls);
    while (server.requests.length === 0) await turn();
    const [socket] = server.sockets as [Socket];
    const closed = socket.closed ? undefined : once(socket, 'close');
    if (phase === 'from outside') while (!calls.said.includes('data')) await turn();
    if (phase === 'before the head' || phase === 'from outside') calls.exchange?.abort();
    await closed;
    await turn();
    calls.exchange?.abort();
    calls.exchange?.resume();
    const heard = { 'before the head': 1, head: 2, data: 3, paused: 3, 'from outside': 3 }[phase];
    t.same(calls.said, ['connected', 'head', 'data'].slice(0, heard));
  });
}

t.test('an ended exchange has no hold on the connection any more', async (t) => {
  const server = await rawServer(t, (socket) => void setTimeout(() => socket.write(OK), 5));
  const transport = opened(t);
  const first = await ask(transport, server.origin).over;
  const second = ask(transport, server.origin);
  first.exchange?.pause();
  first.exchange?.abort();
  t.match(await second.over, { reused: true, body: 'ok' });
});

t.test('a paused reader applies back-pressure, and then gets everything', async (t) => {
  const size = 64 * 1024 * 1024;
  let sent = 0;
  const port = await nodeServer(t, '127.0.0.1', (_, response) => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const write = (): void => {
      while (sent < size) {
        sent += piece.length;
        if (!response.write(piece)) return void response.once('drain', write);
      }
      response.end();
    };
    write();
  });
  let come = 0;
  class Counted extends Calls {
    override data(chunk: Buffer): void {
      come += chunk.length;
      if (come === chunk.length) this.exchange?.pause();
    }
  }
  const calls = ask(opened(t), `http://127.0.0.1:${port}`, {}, new Counted());
  while (!calls.exchange || calls.status === 0) await turn();
  for (let before = -1; before !== sent; await sleep(50)) before = sent;
  t.ok(come <= 64 * 1024, `${come} bytes came`);
  t.ok(sent < size / 2, `${sent} bytes left the upstream`);
  calls.exchange?.resume();
  t.same((await calls.over).said, ['connected', 'head', 'end']);
  t.equal(come, size);
});

t.test('an answer that ended while it was paused leaves a connection that reads', async (t) => {
  const server = await rawServer(t, (socket) => void socket.write(OK));
  const transport = opened(t);
  const calls: Calls = new Calls({ head: () => calls.exchange?.pause() });
  await ask(transport, server.origin, {}, calls).over;
  t.match(await ask(transport, server.origin).over, { reused: true, body: 'ok' });
});
