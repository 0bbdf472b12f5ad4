import { once } from 'node:events';
import type { Socket } from 'node:net';
import t from 'tap';
import { manualUpstream, Caller, EVENTS } from '../../../core/manual-upstream.ts';
import { gatewayInFront, idle, until } from '../../../in-front.ts';
import { Line } from '../../../core/upstreams/line.ts';
import { REST, ROLE, TWO, chunk, sse, start, timeouts, withoutComments } from './silent-upstream.ts';

t.jobs = 4;

t.test('while an upstream is silent, before its head and after it, the client gets comments', async (t) => {
  const { switchyard, one } = await start(t);
  const caller = new Caller(switchyard);
  const asked = await one.asked(0);
  await caller.hears(TWO);
  t.equal(caller.head?.statusCode, 200);
  t.match(caller.head?.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    'x-switchyard-request-id': /^req_/,
  });
  asked.writeHead(200, EVENTS).write(ROLE);
  const before = caller.said.length;
  await until(
    () => caller.said.length > before + 40,
    () => 'more comments',
  );
  t.notMatch(caller.said, /data/, 'nothing of an answer');
  asked.end(REST);
  const said = await caller.whole();
  t.equal(withoutComments(said), withoutComments(ROLE + REST), 'the answer as it came');
  t.match(said, /\n\n: x-switchyard-attempts: 1\n(: .*\n)*: x-switchyard-provider: one\n(: .*\n)*\ndata: /);
  const trace = await switchyard.trace();
  t.match(trace, { ending: 'complete', status: 200, attempts: [{ outcome: 'answered' }] });
  t.match(JSON.stringify(trace.notes), /nothing to send after 60 ms: the stream began with a comment/);
  t.equal(trace.bytes, Buffer.byteLength(ROLE + REST), 'comments are none of its bytes');
  t.ok(trace.commit >= 60, 'it is committed by its content only');
});

t.test('silence inside an answer is filled, too, also in an unknown API', async (t) => {
  const { switchyard, one } = await start(t);
  for (const [nth, surface] of (['chat', '/novel'] as const).entries()) {
    const caller = new Caller(switchyard, surface);
    const asked = await one.asked(nth);
    asked.writeHead(200, EVENTS).write(sse(chunk({ content: 'one' })));
    await caller.hears(/one"[^\n]*\n\n(: keep-alive\n\n){2}$/);
    asked.end(REST);
    const sent = sse(chunk({ content: 'one' })) + REST;
    t.equal(withoutComments(await caller.whole()), withoutComments(sent), surface);
  }
});

t.test('nothing is sent ahead where the answer may be no event stream', async (t) => {
  const { switchyard, one } = await start(t, { models: undefined, route: {} });
  const pinged = new Caller(switchyard);
  await one.asked(0);
  const quiet = [new Caller(switchyard, 'chat', { stream: false }), new Caller(switchyard, '/novel')];
  for (const nth of quiet.keys()) await one.asked(1 + nth);
  await pinged.hears(/(: keep-alive\n\n){4}$/);
  for (const caller of quiet) t.equal(caller.head, undefined);
  for (const nth of [1, 2]) (await one.asked(nth)).writeHead(503).end('{"error":{"message":"no"}}');
  for (const caller of quiet) t.equal((await caller.opened()).statusCode, 503, 'so its status is its own');
  pinged.leave();
});

t.test('keepalive: 0 sends none, and a model may have its own value', async (t) => {
  const one = await manualUpstream(t);
  const target = { strategy: { use: 'round-robin' }, targets: [{ provider: 'one' }] };
  const switchyard = await gatewayInFront(
    t,
    { one },
    {
      timeouts: { ...timeouts, keepalive: 0 },
      models: { m: target, pinged: { ...target, timeouts: { keepalive: '60ms' } } },
    },
  );
  const quiet = new Caller(switchyard);
  const asked = await one.asked(0);
  const pinged = new Caller(switchyard, 'chat', { model: 'pinged' });
  await pinged.hears(/(: keep-alive\n\n){4}$/);
  t.equal(quiet.head, undefined);
  asked.writeHead(200, EVENTS).end(ROLE + REST);
  t.equal(await quiet.whole(), ROLE + REST);
  pinged.leave();
});

t.test('a client disconnect between comments aborts the upstream request', async (t) => {
  const { switchyard, one } = await start(t);
  const caller = new Caller(switchyard);
  const left = once(await one.asked(0), 'close');
  await caller.hears(TWO);
  caller.leave();
  await left;
  await idle(switchyard);
  t.match(await switchyard.trace(), { ending: 'left', attempts: [{ outcome: 'left' }] });
});

t.test('nothing is added where the client does not read', async (t) => {
  const { switchyard, one } = await start(t);
  const sockets: Socket[] = [];
  switchyard.app.server.on('connection', (socket) => sockets.push(socket));
  const line = await Line.to(t, switchyard);
  line.socket.pause();
  line.say(Line.chat({ stream: true }));
  const asked = await one.asked(0);
  asked.writeHead(200, EVENTS);
  const [socket] = sockets;
  const delta = sse(chunk({ content: 'x'.repeat(256 * 1024) }));
  while (socket!.writableLength === 0) {
    asked.write(delta);
    await new Promise(setImmediate);
  }
  let [last, same] = [-1, 0];
  await until(
    () => (socket!.bytesWritten === last ? (same += 1) : ((last = socket!.bytesWritten), (same = 0))) > 20,
    () => 'nothing more fits',
  );
  const other = new Caller(switchyard);
  await other.hears(/(: keep-alive\n\n){4}$/);
  t.equal(socket!.bytesWritten, last, 'no comment is put behind what is not read');
  other.leave();
  line.socket.destroy();
});

t.test('an HTTP/1.0 client has comments, too, and a pipelined request keeps its order', async (t) => {
  const { switchyard, one } = await start(t);
  const old = await Line.to(t, switchyard);
  old.say(Line.chat({ stream: true }, '1.0'));
  const asked = await one.asked(0);
  await old.hears(/\r\n\r\n(: keep-alive\n\n){2}$/);
  asked.writeHead(200, EVENTS).end(ROLE + REST);
  await old.hears(/data: \[DONE\]\n\n$/);

  const line = await Line.to(t, switchyard);
  line.say(Line.chat({ stream: true }) + Line.chat({ stream: true }));
  const both = [await one.asked(1), await one.asked(2)];
  await line.hears(/(: keep-alive\n\n\r\n[^]*){3}$/);
  for (const each of both.toReversed()) each.writeHead(200, EVENTS).end(ROLE + REST);
  await line.hears(/(\[DONE\]\n\n\r\n0\r\n\r\n[^]*){2}$/);
  t.equal(line.received.split('HTTP/1.1 200 OK\r\n').length - 1, 2);
});
