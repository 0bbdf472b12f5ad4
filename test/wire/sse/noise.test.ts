import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { isNoise } from '../../../wire/sse/noise.ts';
import { Splitter } from '../../../wire/sse/splitter.ts';
import { quirky } from '../../quirky-provider.ts';
import { bytesFrom, errorOf, gatewayInFront } from '../../in-front.ts';

const NOISE = [
  ': ping\n\n',
  ':\n\n',
  ': a\n: b\r\n\r\n',
  ': ping\r\r',
  ': data: 1\n\n',
  '\n',
  '\r\n\r\n',
  'event: ping\n\n',
  'event: ping\ndata:\n\n',
  'data:\n\n',
  'data: \n\n',
  'id: 7\nretry: 100\n\n',
  ': ping\n\n'.repeat(5_000),
];
const SAID = [
  'data: {"a":1}\n\n',
  'data:{"a":1}\n\n',
  'data:  {"a":1}\n\n',
  'data: [DONE]\n\n',
  'data:1\n\n',
  ': ping\ndata: 1\n\n',
  ': ping\n\ndata: 1\n\n',
  ': ping\r\rdata: 1\r\r',
  'event: delta\ndata: {"a":1}\n\n',
  `event: ${'x'.repeat(500)}\nid: 7\ndata: 1\n\n`,
  `${': ping\n\n'.repeat(5_000)}data: 1\n\n`,
  'data:\ndata: 1\n\n',
];

t.test('comments, blank lines and events without data are none of an answer', (t) => {
  for (const run of NOISE) t.equal(isNoise(Buffer.from(run)), true, JSON.stringify(run.slice(0, 60)));
  for (const run of SAID) t.equal(isNoise(Buffer.from(run)), false, JSON.stringify(run.slice(0, 60)));
  t.end();
});

t.test('in whatever pieces they come', (t) => {
  const noisy = (text: string, size: number): boolean[] => {
    const splitter = new Splitter();
    return Array.from({ length: Math.ceil(text.length / size) }, (_, nth) => {
      const piece = Buffer.from(text.slice(nth * size, (nth + 1) * size));
      return splitter.isNoise(piece, splitter.push(piece));
    });
  };
  for (const size of [1, 2, 3, 7]) {
    t.notOk(noisy(': ping\n\n:\r\n\r\n: ping\n\n', size).includes(false), `comments, ${size} bytes each`);
    t.ok(noisy('data: {"a":1}\n\n', size).includes(false), `data, ${size} bytes each`);
  }
  t.notOk(noisy(': ping\n'.repeat(500), 7).includes(false), 'comments whose blank line never comes');
  t.end();
});

/** Each says one word of an answer, and then only this, again and again, until it is left. */
const STUCK = [
  [': ping\n\n'],
  ['\n'],
  [': ping\r\n\r\n', ':\n'],
  ['event: ping\n\n', 'data:\n\n'],
  [...': ping\n\n'],
];
const WORD = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hello' } }] })}\n\n`;

async function stuck(t: Test) {
  const left: Promise<unknown>[] = [];
  const server = createServer(async (incoming, response) => {
    const { user } = JSON.parse(Buffer.concat(await incoming.toArray()).toString()) as { user: number };
    const noise = STUCK[user] as string[];
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(WORD);
    let nth = 0;
    const timer = setInterval(() => response.write(noise[nth++ % noise.length]), 20);
    left.push(once(response, 'close').then(() => clearInterval(timer)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => (server.closeAllConnections(), server.close()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, left };
}

t.test('inside an answer they do not count as progress: timeouts.idle runs on', async (t) => {
  const one = await stuck(t);
  for (const [what, quirks, stream] of [
    ['as it came', {}, true],
    ['normalised', { tidy: true }, true],
    ['folded', { streams: 'only' }, false],
    ['normalised and folded', { streams: 'only', tidy: true }, false],
  ] as const) {
    const switchyard = await gatewayInFront(
      t,
      { one },
      {
        timeouts: { idle: '500ms', total: '60s' },
        each: { use: quirky, quirks },
        breaker: { failures: 1_000, minimum: 1_000 },
      },
    );
    const answers = STUCK.map((_, user) => bytesFrom(`${switchyard.url}/v1`, 'chat', { stream, user }));
    for (const [nth, { status, body }] of (await Promise.all(answers)).entries()) {
      const title = `${JSON.stringify(STUCK[nth])}, ${what}`;
      t.equal(status, stream ? 200 : 504, title);
      t.match(errorOf(body.toString()), { code: 'stream_stalled' }, title);
    }
  }
  t.equal((await Promise.all(one.left)).length, 4 * STUCK.length, 'each connection was left');
});
