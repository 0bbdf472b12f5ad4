import type { Transport } from '../../../core/contracts/index.ts';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setDefaultCACertificates } from 'node:tls';
import t, { type Test } from 'tap';
import { http1Transport } from '../../../plugins/transports/http1/transport.ts';
import { undiciTransport } from '../../../plugins/transports/undici/transport.ts';
import { testCertificate } from '../../upstream/tls.ts';
import { ask, Calls } from '../../plugins/transports/http1/calls.ts';
import { rawServer, type RawServer } from '../../plugins/transports/http1/raw-server.ts';
import { gatewayInFront, idle, targetOf } from '../../in-front.ts';

setDefaultCACertificates([testCertificate().cert]);

const WAYS = [
  { name: 'plain HTTP', transport: 'auto', tls: false },
  { name: 'plain HTTP by undici', transport: 'undici', tls: false },
  { name: 'TLS', transport: 'auto', tls: true },
] as const;
type Way = (typeof WAYS)[number];

const answer = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
});
const OK = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`;

const posts = ({ requests }: RawServer): number => requests.filter((one) => one.startsWith('POST')).length;

function close(socket: Socket, how: 'FIN' | 'RST'): void {
  if (how === 'FIN') socket.end();
  else (socket as Socket & { _parent?: Socket }).resetAndDestroy();
}

/** A gateway before a server that has answered six requests at once, so that six connections are kept. */
async function keptSix(t: Test, { transport }: Way, server: RawServer, held: Socket[]) {
  const switchyard = await gatewayInFront(
    t,
    { one: { url: `${server.origin}/v1` } },
    { transport, retry: { attempts: 1 }, breaker: { failures: 1_000 } },
  );
  const six = Array.from({ length: 6 }, () => switchyard.chat());
  while (held.length < 6) await sleep(5);
  for (const socket of held.splice(0)) socket.write(OK);
  for (const { status } of await Promise.all(six)) t.equal(status, 200);
  return switchyard;
}

for (const way of WAYS)
  t.test(
    `${way.name}: a close after the whole POST is a failure, and the POST is not repeated`,
    async (t) => {
      let closes: ((socket: Socket) => void) | undefined;
      const held: Socket[] = [];
      const server = await rawServer(t, (socket) => (closes ? closes(socket) : held.push(socket)), way);
      const switchyard = await keptSix(t, way, server, held);
      // A connection with TLS cannot be reset from here.
      const hows = way.tls ? (['FIN'] as const) : (['FIN', 'RST'] as const);
      for (const how of hows)
        for (const after of [0, 200])
          for (const stream of [false, true]) {
            const what = `${how} after ${after} ms, ${stream ? 'stream' : 'JSON'}`;
            closes = (socket) => void sleep(after).then(() => close(socket, how));
            const before = posts(server);
            const failures = targetOf(switchyard, 'one').errorRate;
            t.equal((await switchyard.chat({ stream })).status, 502, what);
            t.equal(posts(server) - before, 1, what);
            t.match(
              await switchyard.trace(),
              { attempts: [{ outcome: 'failed', reason: 'upstream_reset' }] },
              what,
            );
            t.equal((await switchyard.trace()).attempts.length, 1, what);
            t.ok(targetOf(switchyard, 'one').errorRate > failures, `${what}: it counts against the target`);
          }
      const { text } = await switchyard.ask('/metrics');
      const failed = /^switchyard_attempts_total\{[^}]*outcome="failed"[^}]*\} (\d+)/m.exec(text);
      t.equal(Number(failed?.[1]), hows.length * 4);
      await idle(switchyard);
    },
  );

for (const way of WAYS)
  t.test(
    `${way.name}: a request that was not sent whole is sent again, once, on a new connection`,
    async (t) => {
      let cuts = false;
      const held: Socket[] = [];
      const begun = (socket: Socket, nth: number): void => {
        if (cuts && (nth > 1 || cutsAll)) socket.destroy();
      };
      let cutsAll = false;
      const server = await rawServer(t, (socket) => (cuts ? socket.write(OK) : held.push(socket)), {
        tls: way.tls,
        begun,
      });
      const switchyard = await keptSix(t, way, server, held);
      const long = { messages: [{ role: 'user', content: 'x'.repeat(16 << 20) }] };
      cuts = true;
      const before = server.sockets.length;
      t.match(await switchyard.chat(long), { status: 200 });
      t.equal(server.sockets.length, before + 1);
      t.equal(posts(server), 7);
      t.match(await switchyard.trace(), {
        attempts: [{ outcome: 'answered' }],
        notes: [{ remark: /^one closed a kept connection before all of the request had left/ }],
      });
      cutsAll = true;
      t.match(await switchyard.chat(long), { status: 502 });
      t.equal(server.sockets.length, before + 2);
      t.match(await switchyard.trace(), { attempts: [{ outcome: 'failed', reason: 'upstream_reset' }] });
      await idle(switchyard);
    },
  );

for (const way of WAYS)
  t.test(`${way.name}: a closed connection is noticed before anything is sent`, async (t) => {
    let now = 0;
    const plain = way.transport === 'auto' && !way.tls;
    const transport: Transport = plain ? http1Transport(() => now) : undiciTransport();
    t.teardown(() => transport.close());
    const held: Socket[] = [];
    const server = await rawServer(t, (socket) => void held.push(socket), way);
    const post = () =>
      ask(transport, server.origin, { method: 'POST', body: Buffer.from('{}') }, new Calls());
    for (let round = 0; round < 3; round++) {
      const three = [post(), post(), post()];
      while (held.length < 3) await sleep(1);
      for (const socket of held.splice(0)) socket.write(OK);
      await Promise.all(three.map(({ over }) => over));
      now += 1_000;
      if (!plain) await sleep(600);
      const before = server.requests.length;
      // All in one turn of the loop: nothing tells the gateway of it before it sends.
      for (const socket of server.sockets) if (!socket.destroyed) socket.destroy();
      const next = post();
      while (held.length === 0 && !next.error) await sleep(1);
      held.splice(0).forEach((socket) => socket.write(OK));
      t.match(await next.over, { reused: false, status: 200, error: undefined });
      t.equal(server.requests.length - before, 1);
    }
  });

t.test('a server that closes each connection after its answer without notice fails no request', async (t) => {
  const server = await rawServer(t, (socket) => void socket.end(OK));
  const switchyard = await gatewayInFront(
    t,
    { one: { url: `${server.origin}/v1` } },
    { retry: { attempts: 1 } },
  );
  for (let time = 0; time < 20; time++) t.equal((await switchyard.chat()).status, 200);
  t.equal(posts(server), 20);
});
