import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { bytesFrom, gatewayInFront, plain, rawUpstream, upstream } from '../../in-front.ts';
import { chunk, DONE } from '../../chat-events.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const COUNTED = { prompt: 5, completion: 2, total: 7 };

t.test('the tokens of each stream are counted, and the client sees only what it requested', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  for (const surface of ['chat', 'completions'] as const) {
    const direct = await bytesFrom(one.url, surface);
    const relayed = await bytesFrom(`${switchyard.url}/v1`, surface);
    t.equal(plain(relayed.body), plain(direct.body), `${surface}: the usage frame is taken out`);
    t.match(one.posts.at(-1)?.json(), { stream_options: { include_usage: true } });
    t.match(await switchyard.trace(), { ending: 'complete', usage: { prompt: 11 } });

    const own = { stream_options: { include_usage: true, include_obfuscation: false } };
    const counted = await bytesFrom(`${switchyard.url}/v1`, surface, own);
    t.equal(
      plain(counted.body),
      plain((await bytesFrom(one.url, surface, own)).body),
      `${surface}: asked for`,
    );

    await bytesFrom(`${switchyard.url}/v1`, surface, { stream_options: { include_usage: false, other: 1 } });
    t.strictSame(one.posts.at(-1)?.json().stream_options, { include_usage: true, other: 1 }, 'merged');
    await bytesFrom(`${switchyard.url}/v1`, surface, { stream: false });
    t.notOk('stream_options' in one.posts.at(-1)!.json(), 'a whole answer is counted unasked');
  }
  await bytesFrom(`${switchyard.url}/v1`, 'responses');
  t.notOk('stream_options' in one.posts.at(-1)!.json(), 'it has no such member');
});

t.test('however the frame is written; usage beside a reason stays', async (t) => {
  const counts = `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
  const late = chunk('', null, { usage });
  const stop = chunk('', 'stop');
  for (const [body, seen] of [
    [chunk('Hi') + stop + counts + DONE, chunk('Hi') + stop + DONE],
    [chunk('Hi') + stop + late + DONE, chunk('Hi') + stop + DONE],
    [counts + chunk('Hi') + counts + chunk('!') + stop + DONE, chunk('Hi') + chunk('!') + stop + DONE],
    [chunk('Hi') + chunk('', 'stop', { usage }) + DONE, chunk('Hi') + chunk('', 'stop', { usage }) + DONE],
    [chunk('Hi', null, { usage }) + stop + DONE, chunk('Hi', null, { usage }) + stop + DONE],
  ] as const) {
    const switchyard = await gatewayInFront(t, { one: await rawUpstream(t, HEAD + body) });
    const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat');
    t.equal(answer.body.toString(), seen);
    t.match(await switchyard.trace(), { ending: 'complete', usage: COUNTED });
  }
});

t.test(
  'usage that only the gateway requested is hidden from the client; all else is passed on',
  async (t) => {
    const [text, stop] = [
      '{"index":0,"delta":{"content":"\\"usage\\":null"}}',
      '{"index":0,"delta":{},"finish_reason":"stop"}',
    ];
    const event = (choices: string, rest: string): string =>
      `data: {"id":"a","choices":[${choices}]${rest}}\n\n`;
    const timings = '"timings":{"predicted_n":2,"predicted_ms":1.5}';
    const counts = `,"usage":${JSON.stringify(usage)}`;
    const nothing = '{"index":0,"delta":{},"finish_reason":null}';
    for (const [body, seen] of [
      // OpenAI
      [
        event(text, ',"usage":null,"obfuscation":"ab"') +
          event(stop, ',"usage":null') +
          event('', `${counts},"obfuscation":""`),
        event(text, ',"obfuscation":"ab"') + event(stop, ''),
      ],
      // as Python writes it
      [
        event(text, ', "usage" : null') + event(stop, ', "usage": null') + event('', counts),
        event(text, '') + event(stop, ''),
      ],
      // llama.cpp: without being asked to count, it says them in the frame before
      [
        event(text, '') + event(stop, '') + event('', `${counts},${timings}`),
        event(text, '') + event(stop, '') + `data: {"id":"a","choices":[${nothing}],${timings}}\n\n`,
      ],
      // said already
      [
        event(text, `,${timings}`) + event(stop, `,${timings}`) + event('', `${counts},${timings}`),
        event(text, `,${timings}`) + event(stop, `,${timings}`),
      ],
    ] as const) {
      for (const cut of [false, true]) {
        const parts = cut ? body.split(/(?<=\n\n)/) : [body];
        const switchyard = await gatewayInFront(t, { one: await inParts(t, [...parts, DONE]) });
        const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat');
        t.equal(answer.body.toString(), seen + DONE);
        t.match(await switchyard.trace(), { ending: 'complete', usage: COUNTED });
        const own = await bytesFrom(`${switchyard.url}/v1`, 'chat', {
          stream_options: { include_usage: true },
        });
        t.equal(own.body.toString(), body + DONE, 'as it came where it was asked for');
      }
    }
  },
);

/** An upstream that sends these one after the other, each when the one before it has left. */
async function inParts(t: Test, parts: readonly string[]): Promise<{ readonly url: string }> {
  const server = createServer(async (request, response) => {
    await request.toArray();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const part of parts) {
      await new Promise((sent) => response.write(part, sent));
      await setTimeout(2);
    }
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

t.test("a provider that refuses stream_options gets the client's own from then on", async (t) => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.method === 'POST') bodies.push(body);
    if (!body.includes('stream_options')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.end(chunk('Hi') + chunk('', 'stop') + DONE);
    }
    response.writeHead(422, { 'content-type': 'application/json' });
    response.end('{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const switchyard = await gatewayInFront(t, {
    one: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` },
  });
  for (const asked of [2, 3]) {
    const { status, body } = await bytesFrom(`${switchyard.url}/v1`, 'chat');
    t.equal(status, 200);
    t.equal(body.toString(), chunk('Hi') + chunk('', 'stop') + DONE);
    t.equal(bodies.length, asked);
    t.match(await switchyard.trace(), { ending: 'complete' });
  }
  const own = { stream_options: { include_usage: true } };
  t.equal(
    (await bytesFrom(`${switchyard.url}/v1`, 'chat', own)).status,
    422,
    "what its caller asks is the caller's",
  );
});

t.test('another refusal goes to its client, and other streams are counted as before', async (t) => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.method === 'POST') bodies.push(body);
    if (!body.includes('nonsense')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.end(chunk('Hi') + chunk('', 'stop') + DONE);
    }
    response.writeHead(422, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ detail: [{ loc: ['body', 'nonsense'], msg: 'no', input: JSON.parse(body) }] }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const switchyard = await gatewayInFront(t, {
    one: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` },
  });
  t.equal((await bytesFrom(`${switchyard.url}/v1`, 'chat', { nonsense: true })).status, 422);
  t.equal((await switchyard.trace()).attempts.length, 1, 'what only we caused is no attempt');
  bodies.length = 0;
  t.equal((await bytesFrom(`${switchyard.url}/v1`, 'chat')).status, 200);
  t.match(bodies, [/include_usage/]);
});

t.test('a hedged stream is counted once', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const targets = [{ provider: 'one' }, { provider: 'two', priority: 1 }];
  const route = { strategy: { use: 'priority' }, targets };
  const hedge = { enabled: true, share: 1, minimum: 5 };
  const switchyard = await gatewayInFront(t, { one, two }, { route, hedge });
  for (let nth = 0; nth < 8; nth++) await bytesFrom(`${switchyard.url}/v1`, 'chat');
  one.behaveOnce('slow-first-byte', { delay: 3_000 });
  const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat');
  t.equal(answer.headers['x-switchyard-provider'], 'two');
  const { prompt, completion } = (await switchyard.trace()).usage;
  const { totals } = (await switchyard.ask('/statistics?range=15m')).json();
  t.match(totals, { requests: 9, prompt: 9 * prompt, completion: 9 * completion, estimated: 0 });
});

t.test('an operator can turn it off for a provider', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { each: { quirks: { streamOptions: false } } });
  await bytesFrom(`${switchyard.url}/v1`, 'chat');
  t.notOk('stream_options' in one.posts.at(-1)!.json());
});
