import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import t, { type Test } from 'tap';
import { Agent, request, type Dispatcher } from 'undici';
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';
import { overTheWire } from './wire.ts';

const asksForStream = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true };
const asksForJson = { ...asksForStream, stream: false };

async function start(t: Test, options: UpstreamOptions = {}) {
  const upstream = await startUpstream({ interval: 0, ...options });
  t.teardown(() => upstream.close());
  return upstream;
}

function client(t: Test, options: Agent.Options = {}) {
  const dispatcher = new Agent({ allowH2: false, ...options });
  t.teardown(() => dispatcher.destroy());
  return dispatcher;
}

function post(
  upstream: Upstream,
  body: object,
  options: { dispatcher?: Dispatcher; signal?: AbortSignal } = {},
) {
  const headers = { 'content-type': 'application/json' };
  return request(`${upstream.url}/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    ...options,
  });
}

t.test('requests are kept, and so is how their answers ended', async (t) => {
  const upstream = await start(t);
  const seen = upstream.seen(1);
  const answer = await post(upstream, asksForJson, { dispatcher: client(t) });
  await answer.body.dump();
  const received = await seen;
  t.match(received, {
    method: 'POST',
    path: '/v1/chat/completions',
    socketId: 1,
    nthOnSocket: 1,
    whole: true,
  });
  t.strictSame(received.json(), asksForJson);
  t.equal(await upstream.left(received), undefined, 'the client stayed');
  t.match(received, { ended: true, broken: false, bytesWritten: Number(answer.headers['content-length']) });
  t.equal(upstream.active, 0);
  t.equal(answer.headers['x-upstream'], 'upstream');
});

t.test('a promise that times out says what it waited for', async (t) => {
  const upstream = await start(t, { callerTimeout: 20 });
  await t.rejects(upstream.seen(2), { message: 'upstream: after 20 ms 0 of 2 requests came' });
});

t.test('a queued behaviour applies once, a rule to its kind, and GETs stay good', async (t) => {
  const upstream = await start(t);
  const dispatcher = client(t);
  const status = async () => {
    const { statusCode, headers, body } = await post(upstream, asksForJson, { dispatcher });
    await body.dump();
    return [statusCode, headers['retry-after']];
  };
  const moment = new Date(1_800_000_000_000);
  upstream.behave('status', { code: 503 });
  upstream.behaveOnce('status-429', { retryAfter: 2 });
  upstream.behaveOnce('status', { code: 429, retryAfter: moment, body: 'later', contentType: 'text/plain' });
  const models = await request(`${upstream.url}/models`, { dispatcher });
  t.match(await models.body.json(), { object: 'list', data: [{ id: 'test-model' }] });
  t.strictSame(await status(), [429, '2']);
  t.strictSame(await status(), [429, moment.toUTCString()]);
  t.strictSame(await status(), [503, undefined]);
  upstream.behaveWhen(({ path }) => path === '/health', 'status-500');
  const health = await request(`${upstream.origin}/health`, { dispatcher });
  await health.body.dump();
  t.equal(health.statusCode, 500);
  t.equal(upstream.posts.length, 3);
  upstream.forget();
  t.strictSame(await status(), [200, undefined]);
  const unknown: string = 'nonsense';
  t.throws(() => upstream.behave(unknown as 'ok'), /no behaviour is called 'nonsense'/);
});

t.test('a cut answer ends as HTTP wants it, without finish_reason and [DONE]', async (t) => {
  const upstream = await start(t);
  for (const [name, contents] of [
    ['cut-before-content', 0],
    ['cut-after-content', 4],
  ] as const) {
    upstream.behave(name);
    const answer = await post(upstream, asksForStream, { dispatcher: client(t) });
    const text = await answer.body.text();
    t.equal(text.match(/"content":"[^"]/g)?.length ?? 0, contents, name);
    t.notMatch(text, /"finish_reason":"|\[DONE\]/);
  }
});

t.test('a broken answer ends with FIN and no last chunk, a reset one with RST', async (t) => {
  const upstream = await start(t);
  for (const [name, closed, received] of [
    ['broken-chunked', 'end', /Hello.*\r\n$/s],
    ['rst-after-content', 'ECONNRESET', /Hello.*\r\n$/s],
    ['rst-before-content', 'ECONNRESET', /"role":"assistant".*\r\n$/s],
    ['rst-before-head', 'ECONNRESET', /^$/],
    ['close-before-head', 'end', /^$/],
    ['not-http', 'end', /^This is not HTTP/],
  ] as const) {
    upstream.behave(name);
    const wire = await overTheWire(upstream, asksForStream);
    t.equal(await wire.closed, closed, name);
    t.match(wire.text(), received, name);
    t.notMatch(wire.text(), /\r\n0\r\n\r\n|\[DONE\]/, name);
    const record = await upstream.over(await upstream.seen(upstream.requests.length));
    t.match(record, { broken: true, ended: false, left: undefined }, name);
  }
});

t.test('under TLS a reset is a reset too, and clients need not trust the certificate', async (t) => {
  const upstream = await start(t, { tls: true });
  const dispatcher = client(t, { connect: { ca: upstream.ca } });
  t.equal((await (await post(upstream, asksForStream, { dispatcher })).body.text()).includes('[DONE]'), true);
  upstream.behave('rst-after-content');
  const answer = await post(upstream, asksForStream, { dispatcher });
  await t.rejects(answer.body.text(), { code: 'ECONNRESET' });
  await t.rejects(post(upstream, asksForStream, { dispatcher: client(t) }), {
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
});

t.test('a client disconnect is noticed at once, in every phase', async (t) => {
  const upstream = await start(t);
  for (const [name, left, bytes] of [
    ['stall-before-head', 'before-head', 0],
    ['stall-before-content', 'mid-body', 100],
    ['stall-after-content', 'mid-body', 600],
    ['hang-after-done', 'mid-body', 1500],
  ] as const) {
    upstream.behave(name);
    const disconnect = new AbortController();
    const answer = post(upstream, asksForStream, { dispatcher: client(t), signal: disconnect.signal });
    const received = await upstream.seen(upstream.requests.length + 1);
    if (left === 'mid-body') await once((await answer).body, 'readable');
    t.equal(upstream.active, 1);
    disconnect.abort();
    await answer.then(({ body }) => body.text()).catch(() => {});
    t.equal(await upstream.left(received), left, name);
    t.ok(received.bytesWritten >= bytes, name);
    t.equal(upstream.active, 0);
  }
});

t.test('a client disconnect while it still sends its body is noticed', async (t) => {
  const upstream = await start(t);
  const socket = connect(upstream.port, '127.0.0.1');
  socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: upstream\r\ncontent-length: 100\r\n\r\n{"half');
  while (upstream.active === 0) await sleep(1);
  socket.resetAndDestroy();
  const [received] = upstream.requests;
  t.equal(received && (await upstream.left(received)), 'before-head');
  t.equal(received?.whole, false);
});

t.test('a kept connection is gone when its second request arrives', async (t) => {
  const upstream = await start(t);
  for (const [how, code] of [
    ['reset', 'ECONNRESET'],
    ['close', 'UND_ERR_SOCKET'],
  ] as const) {
    const dispatcher = client(t, { connections: 1 });
    upstream.forget();
    upstream.behave('early-close-idle', { how });
    t.match(await (await post(upstream, asksForStream, { dispatcher })).body.text(), /\[DONE\]/);
    await t.rejects(post(upstream, asksForJson, { dispatcher }), { code });
    t.equal((await post(upstream, asksForJson, { dispatcher })).statusCode, 200, 'a new connection works');
    const [first, second, third] = upstream.requests;
    t.equal(second?.socketId, first?.socketId);
    t.not(third?.socketId, first?.socketId);
    t.match(second, { broken: true, bytesWritten: 0 });
  }
});

t.test('characters come in pieces, and are whole when put together', async (t) => {
  const upstream = await start(t, { text: ['a', 'b'] });
  upstream.behave('split-utf8');
  const answer = await post(upstream, asksForStream, { dispatcher: client(t) });
  const pieces: Buffer[] = [];
  for await (const piece of answer.body) pieces.push(piece as Buffer);
  t.ok(pieces.some((piece) => piece.toString().includes('\ufffd')));
  t.match(Buffer.concat(pieces).toString(), /Grüße.*世界.*👋/s);
});

t.test('one byte at a time is one byte at a time; all at once is one write', async (t) => {
  const upstream = await start(t, { text: ['Hi'] });
  upstream.behaveOnce('one-byte');
  const single = await overTheWire(upstream, asksForJson);
  await single.closed;
  t.ok(single.pieces() > 200, `came in ${single.pieces()} pieces`);
  upstream.behaveOnce('coalesced');
  const all = await overTheWire(upstream, asksForStream);
  await all.closed;
  t.match(all.text(), /\[DONE\]\n\n\r\n0\r\n\r\n$/);
  t.equal(all.text().match(/\r\n[0-9a-f]+\r\n/g)?.length, 2, 'one chunk and the last one');
});

t.test('lines end as configured', async (t) => {
  const upstream = await start(t);
  const body = async () => (await post(upstream, asksForStream, { dispatcher: client(t) })).body.text();
  const good = await body();
  upstream.behave('crlf');
  t.equal((await body()).replaceAll('\r\n', '\n').length, good.length);
  upstream.behave('cr-only');
  t.notMatch(await body(), /\n/);
  upstream.behave('data-without-space');
  t.match(await body(), /^data:\{.*\n\ndata:\[DONE\]\n\n$/s);
  upstream.behave('multi-line-data');
  t.match(await body(), /^data: \{\ndata:  "object": "chat.completion.chunk",\n/);
  upstream.behave('no-trailing-newline');
  t.match(await body(), /\n\ndata: \[DONE\]$/);
  upstream.behave('pings');
  t.match(await body(), /^:\n\n: ping\ndata: \{/);
});

t.test('a compressed stream can be read event by event', async (t) => {
  const upstream = await start(t);
  upstream.behave('gzip');
  const dispatcher = client(t);
  const whole = await post(upstream, asksForStream, { dispatcher });
  t.equal(whole.headers['content-encoding'], 'gzip');
  const text = Buffer.concat(await whole.body.pipe(createGunzip()).toArray()).toString();
  t.match(text, /Hello.*data: \[DONE\]\n\n$/s);

  const plain = await post(upstream, asksForJson, { dispatcher });
  t.match(Buffer.concat(await plain.body.pipe(createGunzip()).toArray()).toString(), /^\{.*\}$/);
});

t.test('headers for one connection are on the wire', async (t) => {
  const upstream = await start(t);
  upstream.behave('hop-by-hop');
  const { headers, body } = await post(upstream, asksForStream, { dispatcher: client(t) });
  t.match(await body.text(), /\[DONE\]/);
  t.match(headers, {
    connection: /x-hop-named/,
    'x-hop-named': /only/,
    'keep-alive': 'timeout=5',
    'proxy-authenticate': /Basic/,
    te: 'trailers',
    trailer: 'x-checksum',
    upgrade: 'h2c',
    'x-end-to-end': 'for the client',
  });
});

t.test('many deltas stop while they are not read, and go on afterwards', async (t) => {
  const upstream = await start(t);
  const count = 100_000;
  upstream.behave('many-deltas', { count });
  const wire = await overTheWire(upstream, asksForStream);
  wire.socket.pause();
  const received = await upstream.seen(1);
  let before = -1;
  while (before !== received.bytesWritten) {
    before = received.bytesWritten;
    await sleep(50);
  }
  t.ok(before > 0 && before < 15_000_000, `${before} bytes were written before it stopped`);
  wire.socket.resume();
  await wire.closed;
  t.ok(received.bytesWritten > 20_000_000, `${received.bytesWritten} bytes in the end`);
});

t.test('an endless line ends with its reader', async (t) => {
  const upstream = await start(t);
  upstream.behave('huge-line');
  const answer = await post(upstream, asksForStream, { dispatcher: client(t) });
  for await (const piece of answer.body) if ((piece as Buffer).includes('xxx')) break;
  const [received] = upstream.requests;
  t.equal(received && (await upstream.left(received)), 'mid-body');
});

t.test('closing takes hanging answers with it, twice is fine', async (t) => {
  const upstream = await start(t);
  upstream.behave('stall-after-content');
  const answer = await post(upstream, asksForStream, { dispatcher: client(t) });
  await upstream.close();
  await t.rejects(answer.body.text());
  await upstream.close();
  t.equal(upstream.active, 0);
  t.equal(upstream.connections.open, 0);
});
