import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { costOf, growsWithNumber } from '../../cost.ts';
import type { GatewayError } from '../../../core/errors.ts';
import type { Delivery, Receiver } from '../../../core/relay/receiver.ts';
import { Sniffer } from '../../../core/relay/sniffer.ts';
import { eventsIn } from '../../../wire/sse/event.ts';
import { rawServer } from '../../plugins/transports/http1/raw-server.ts';
import { bytesFrom, errorOf, gatewayInFront, upstream, type SurfaceName } from '../../in-front.ts';

const EVENT_STREAM = 'text/event-stream; charset=utf-8';
const JSON_TYPE = 'application/json';
const choice = (more: object) => ({ choices: [{ index: 0, ...more }] });
const json = JSON.stringify(
  choice({ message: { role: 'assistant', content: 'Grüße' }, finish_reason: 'stop' }),
);
const stream = [
  JSON.stringify(choice({ delta: { content: 'Grüße' } })),
  JSON.stringify(choice({ delta: {}, finish_reason: 'stop' })),
  '[DONE]',
]
  .map((data) => `data: ${data}\n\n`)
  .join('');
/** Its targets may fail again and again, and another is always asked. */
const patient = { breaker: { failures: 1_000, minimum: 1_000 }, retry: { budget: 1 } };
const BLANKS = ['', '\uFEFF', '\n', '\r\n\r\n', '\t \n'.repeat(1_000)];

t.test('the first bytes tell a stream from JSON, not the content type', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  for (const contentType of [EVENT_STREAM, JSON_TYPE, 'text/plain', 'text/html', 'application/octet-stream'])
    for (const blank of BLANKS)
      for (const body of [json, stream, `: ping\n\n${stream}`, `id: 7\n${stream}`]) {
        const what = `${contentType} ${JSON.stringify(blank.slice(0, 10) + body.slice(0, 10))}`;
        one.behave('status', { code: 200, contentType, body: blank + body });
        const streamed = await bytesFrom(`${switchyard.url}/v1`, 'chat');
        t.equal(streamed.status, 200, what);
        t.match(streamed.headers['content-type'], /^text\/event-stream/, what);
        t.match(streamed.body.toString(), /"content":"Grüße".*data: \[DONE\]\n\n$/s, what);
        const whole = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false });
        t.match(whole.headers['content-type'], /^application\/json/, what);
        t.match(JSON.parse(whole.body.toString()), choice({ message: { content: 'Grüße' } }), what);
      }
});

t.test('the bytes may come in any pieces', async (t) => {
  for (const [label, body] of [
    [EVENT_STREAM, json],
    [JSON_TYPE, stream],
    [EVENT_STREAM, stream],
  ] as const) {
    const server = await rawServer(t, async (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${label}\r\nconnection: close\r\n\r\n`);
      for (const byte of Buffer.from(`\uFEFF\n \n${body}`)) {
        socket.write(Buffer.of(byte));
        await setImmediate();
      }
      socket.end();
    });
    const switchyard = await gatewayInFront(t, { one: { url: `${server.origin}/v1` } });
    for (const wanted of [true, false]) {
      const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: wanted });
      t.match(answer.body.toString(), 'Grüße', `${label}, ${answer.status}`);
      t.notMatch(answer.body.toString(), '\uFEFF', 'openai (Python) loses the event behind the mark');
    }
  }
});

t.test(
  'an error with the wrong content type keeps its message, and is retried on another target',
  async (t) => {
    const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
    const switchyard = await gatewayInFront(t, { one, two }, patient);
    const error = JSON.stringify({ error: { message: 'no memory left', type: 'server_error', code: 500 } });
    for (const [contentType, body] of [
      [EVENT_STREAM, error],
      [JSON_TYPE, `data: ${error}\n\n`],
      [JSON_TYPE, `event: error\ndata: ${error}\n\n`],
    ] as const)
      for (const surface of ['chat', 'completions', 'responses'] as SurfaceName[])
        for (const wanted of [true, false]) {
          one.behave('status', { code: 200, contentType, body });
          two.behave('ok');
          t.equal((await bytesFrom(`${switchyard.url}/v1`, surface, { stream: wanted })).status, 200, body);
          two.behave('status', { code: 200, contentType, body });
          const answer = await bytesFrom(`${switchyard.url}/v1`, surface, { stream: wanted });
          t.equal(answer.status, 502);
          t.match(errorOf(answer.body.toString()).message, /no memory left/);
        }
  },
);

t.test('endless white space is a failure, and is retried on another target', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(t, { one, two }, patient);
  for (const contentType of [EVENT_STREAM, JSON_TYPE, 'text/plain'])
    for (const wanted of [true, false]) {
      one.behave('status', { code: 200, contentType, body: ' \n'.repeat(40_000) });
      two.behave('ok');
      t.equal((await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: wanted })).status, 200);
      two.behave('status', { code: 200, contentType, body: ' \n'.repeat(40_000) });
      const { body } = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: wanted });
      t.match(errorOf(body.toString()), { code: 'upstream_too_large', message: /white space/ });
    }
});

t.test('blanks that come one by one cost linear time', async (t) => {
  const took = (blanks: number): number =>
    costOf(() => {
      const got: Buffer[] = [];
      const receiver: Receiver = { data: (chunk) => void got.push(chunk), end: () => {}, broken: () => {} };
      const chosen = { announced: false, stream: () => receiver, whole: () => receiver };
      const failed = { fail: (error: GatewayError) => t.fail(error.message) } as unknown as Delivery;
      const sniffer = new Sniffer(chosen, 'one', failed);
      for (let sent = 0; sent < blanks; sent++) sniffer.data(Buffer.from(' '));
      sniffer.data(Buffer.from('{}'));
      t.equal(Buffer.concat(got).length, blanks + 2);
    }, 5);
  growsWithNumber(t, took, 64_000);
});

t.test('a flood of empty lines is one event', async (t) => {
  for (const line of ['\n', '\r\n', '\r']) {
    const run = Buffer.from(`data: a\n\n${line.repeat(16_384)}data: b\n\n`);
    t.same(
      [...eventsIn(run)].map(({ event: { data } }) => data),
      ['a', 'b'],
    );
  }
});
