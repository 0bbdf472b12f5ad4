import { createHash, randomBytes } from 'node:crypto';
import t from 'tap';
import { request } from 'undici';
import type { Switchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';
import {
  bytesFrom,
  errorOf,
  gatewayInFront,
  idle,
  opened,
  plain,
  post,
  until,
  upstream,
} from '../../in-front.ts';
import { Line } from '../upstreams/line.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** What the kernel, Node and the gateway may hold between an upstream and a client that does not read. */
const BETWEEN = 24 * MIB;

/** Settles when an upstream has written nothing for that many ms: its receiver takes no more. */
async function stalled(asked: Received, quiet = 300): Promise<void> {
  let [last, since] = [-1, performance.now()];
  await until(
    () => {
      if (asked.bytesWritten !== last) [last, since] = [asked.bytesWritten, performance.now()];
      return performance.now() - since > quiet;
    },
    () => `it still writes, ${asked.bytesWritten} bytes so far`,
  );
}

const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

t.test(
  'a client that does not read makes its upstream wait, and gets every byte when it reads',
  async (t) => {
    const one = await upstream(t, 'one', { text: ['x'.repeat(32 * KIB)] });
    const switchyard = await gatewayInFront(t, { one });
    one.behave('many-deltas', { count: 2_500 });
    const heap = process.memoryUsage().arrayBuffers;
    const response = await opened(switchyard);
    const asked = await one.seen(1, post);
    await stalled(asked);
    const written = asked.bytesWritten;
    t.ok(written > 0 && written < BETWEEN, `it waits after ${written} of more than 80 MB`);
    t.ok(process.memoryUsage().arrayBuffers - heap < BETWEEN, 'they are not kept here');
    let events = 0;
    let tail = '';
    for await (const part of response.setEncoding('latin1')) {
      events += (part as string).split('\n\n').length - 1;
      tail = (tail + part).slice(-200);
    }
    t.equal(events, 2_500 + 3, 'the opening, every delta, the finish and [DONE]');
    t.match(tail, /data: \[DONE\]\n\n$/);
    t.match(await one.over(asked), { ended: true });
    await idle(switchyard);
  },
);

t.test('one client that does not read delays no other client of the same upstream', async (t) => {
  const one = await upstream(t, 'one', { text: ['x'.repeat(32 * KIB)] });
  const switchyard = await gatewayInFront(t, { one });
  one.behaveOnce('many-deltas', { count: 10_000 });
  const response = await opened(switchyard);
  await stalled(await one.seen(1, post));
  for (let others = 0; others < 3; others++) t.match(await ask(switchyard), { status: 200, broken: false });
  response.destroy();
  await idle(switchyard);
});

t.test('an answer too long to buffer waits for its client too', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { limits: { answer: '1MiB' } });
  one.behave('big-json', { bytes: 64 * MIB });
  const response = await opened(switchyard, { stream: false });
  const asked = await one.seen(1, post);
  await stalled(asked);
  t.ok(asked.bytesWritten < BETWEEN, `it waits after ${asked.bytesWritten} bytes`);
  let length = 0;
  for await (const part of response) length += (part as Buffer).length;
  t.equal(length, (await one.over(asked)).bytesWritten);
  await idle(switchyard);
});

t.test('a JSON answer of 16 MB passes byte for byte, with its length', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  one.behave('big-json');
  const direct = await bytesFrom(one.url, 'chat', { stream: false });
  const relayed = await ask(switchyard, { stream: false });
  t.equal(relayed.headers['content-length'], String(direct.body.length));
  t.ok(plain(relayed.body) === plain(direct.body), `${relayed.body.length} bytes`);
});

t.test('a body of 5 MB arrives byte for byte, in JSON and in a form', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  const text = randomBytes(2_500_000).toString('hex');
  const json = Buffer.from(`{ "model":"m" ,\n "messages":[{"role":"user","content":"${text}"}],"x":1.00 }`);
  const boundary = 'a-boundary';
  const form = Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n`),
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\ncontent-type: audio/wav\r\n\r\n`,
    ),
    randomBytes(5_000_000),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  for (const [path, type, body] of [
    ['/v1/chat/completions', 'application/json', json],
    ['/v1/audio/transcriptions', `multipart/form-data; boundary=${boundary}`, form],
  ] as const) {
    const answer = await switchyard.ask(path, { headers: { 'content-type': type }, body });
    t.equal(answer.status, 200, path);
    const { body: arrived, headers } = one.posts.at(-1)!;
    t.equal(sum(arrived), sum(body));
    t.match(headers, { 'content-type': type, 'content-length': String(body.length) });
  }
});

t.test('a body of many small pieces arrives whole', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  const body = Buffer.from(
    `{"model":"m","messages":[{"role":"user","content":"${'Grüße '.repeat(2_000)}"}]}`,
  );
  const pieces = Array.from({ length: Math.ceil(body.length / 100) }, (_, index) =>
    body.subarray(index * 100, index * 100 + 100),
  );
  const { statusCode, body: answer } = await request(`${switchyard.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: (async function* () {
      yield* pieces;
    })() as unknown as Buffer,
  });
  await answer.dump();
  t.equal(statusCode, 200);
  t.equal(sum((await one.seen(1, post)).body), sum(body));
});

t.test('a body larger than server.bodyLimit is refused, with or without a length', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { server: { bodyLimit: '100KiB' } });
  const head = ['POST /v1/chat/completions HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json'];
  const told = await Line.to(t, switchyard);
  told.say([...head, 'content-length: 200000', '', ''].join('\r\n'));
  const untold = await Line.to(t, switchyard);
  untold.say([...head, 'transfer-encoding: chunked', '', `30d40`, 'x'.repeat(200_000), ''].join('\r\n'));
  for (const line of [told, untold]) {
    await line.hears(/^HTTP\/1\.1 413 .*\}$/s);
    const [answer = '', body = ''] = line.received.split('\r\n\r\n');
    t.match(answer, /connection: close/i);
    t.match(errorOf(body), {
      code: 'body_too_large',
      type: 'invalid_request_error',
      message: 'the body is larger than 102400 bytes; server.bodyLimit allows no more',
    });
  }
  t.equal(one.posts.length, 0);
  t.match(await ask(switchyard), { status: 200 });
});

function sum(bytes: Buffer): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}
