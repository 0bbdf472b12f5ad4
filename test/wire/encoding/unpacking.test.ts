import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { gatewayInFront, bytesFrom, errorOf, idle, opened, plain, until, upstream } from '../../in-front.ts';

const MIB = 1024 * 1024;
/** What the kernel, Node and the gateway may hold between an upstream and a client that does not read. */
const BETWEEN = 24 * MIB;

const event = (choice: object): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;
/** Members of gzip may follow one another: this one unpacks to a thousand times its length. */
const member = gzipSync(event({ delta: { content: 'x'.repeat(MIB) } }));
const ending = gzipSync(`${event({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);

/** Sends `count` MiB of content in a few bytes, then the ending, and leaves the connection open. */
async function packed(t: Test, count: number): Promise<{ url: string; closed: Promise<unknown> }> {
  const closed = Promise.withResolvers<unknown>();
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n');
      for (let sent = 0; sent < count; sent++) socket.write(member);
      socket.write(ending);
    });
    socket.on('error', () => undefined).on('close', closed.resolve);
    t.teardown(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, closed: closed.promise };
}

/** Settles when what is held in memory has not grown for a while. */
async function steady(held: () => number): Promise<void> {
  let [most, since] = [held(), performance.now()];
  await until(
    () => {
      if (held() > most + MIB) [most, since] = [held(), performance.now()];
      return performance.now() - since > 300;
    },
    () => 'no more is held',
  );
}

for (const transport of ['auto', 'undici']) {
  t.test(`a compressed answer is decompressed no faster than its client reads (${transport})`, async (t) => {
    const one = await packed(t, 60);
    const switchyard = await gatewayInFront(t, { one }, { transport });
    const before = process.memoryUsage().arrayBuffers;
    const held = (): number => process.memoryUsage().arrayBuffers - before;
    const response = await opened(switchyard);
    await steady(held);
    t.ok(held() < BETWEEN, `${held()} bytes are held`);
    let length = 0;
    let tail = '';
    for await (const part of response) {
      length += (part as Buffer).length;
      tail = (tail + (part as Buffer).toString('latin1')).slice(-100);
    }
    t.ok(length > 60 * MIB);
    t.match(tail, /"finish_reason":"stop".*data: \[DONE\]\n\n$/s);
    await one.closed;
    await idle(switchyard);
  });
}

t.test('after a disconnect, or the end of the answer, nothing more is decompressed', async (t) => {
  const one = await packed(t, 1_000);
  const switchyard = await gatewayInFront(t, { one });
  const response = await opened(switchyard);
  await once(response, 'readable');
  response.destroy();
  await one.closed;
  await idle(switchyard);
  const { user, system } = process.cpuUsage();
  await sleep(500);
  const used = process.cpuUsage();
  t.ok(used.user + used.system - user - system < 250_000, 'the machine rests');
});

t.test('each encoding is decompressed, deflate with its header and without', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  const stream = `${event({ delta: { content: 'Grüße' } })}${event({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`;
  const json = JSON.stringify({
    choices: [{ index: 0, message: { content: 'Grüße' }, finish_reason: 'stop' }],
  });
  for (const [encoding, pack] of [
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity, gzip', gzipSync],
    ['identity', Buffer.from],
    ['Identity', Buffer.from],
    ['', Buffer.from],
    ['none', Buffer.from],
    ['UTF-8', Buffer.from],
  ] as [string, (text: string) => Buffer][])
    for (const [text, contentType] of [
      [stream, 'text/event-stream'],
      [json, 'application/json'],
    ] as const) {
      const headers = { 'content-encoding': encoding };
      one.behave('status', { code: 200, body: pack(text), contentType, headers });
      const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: text === stream });
      t.equal(answer.body.toString(), text, `${encoding} ${contentType}`);
      t.equal(answer.headers['content-encoding'], undefined);
    }
});

t.test('an answer that cannot be decompressed is reported, and retried on another target', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(t, { one, two }, { breaker: { failures: 1_000, minimum: 1_000 } });
  const broken: [string, Buffer][] = [
    ['gzip', gzipSync('x'.repeat(1_000)).subarray(0, 20)],
    ['gzip', Buffer.from('{"no":"gzip"}')],
    ['deflate', Buffer.from('{"no":"deflate"}')],
    ['br', Buffer.from('no brotli')],
    ['compress', Buffer.from('unknown here')],
    ['gzip, br', gzipSync('twice')],
    ['constructor', Buffer.from('a name that every object has')],
    ['__proto__', Buffer.from('another one')],
  ];
  for (const [encoding, body] of broken) {
    one.behave('status', { code: 200, body, headers: { 'content-encoding': encoding } });
    two.behave('ok');
    t.match(await bytesFrom(`${switchyard.url}/v1`, 'chat'), { status: 200 }, encoding);
    two.behave('status', { code: 200, body, headers: { 'content-encoding': encoding } });
    const { status, body: told } = await bytesFrom(`${switchyard.url}/v1`, 'chat');
    t.equal(status, 502);
    t.match(errorOf(plain(told)).message, /cannot be unpacked|unknown encoding/);
  }
});
