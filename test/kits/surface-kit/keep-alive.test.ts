import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { manualUpstream, Caller, EVENTS, type ManualUpstream } from '../../core/manual-upstream.ts';
import { errorOf, gatewayInFront, idle, surfaceNames, until } from '../../in-front.ts';
import { Line } from '../../core/upstreams/line.ts';

const PING = /^: keep-alive\n\n/;
const TWO = /(: keep-alive\n\n){2}$/;
const sse = (...events: object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c1',
  choices: [{ index: 0, delta, finish_reason }],
});
const ROLE = sse(chunk({ role: 'assistant', content: '' }));
const REST = `${sse(chunk({ content: 'Hello' }), chunk({}, 'stop'))}data: [DONE]\n\n`;
const WHOLE = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
};

const timeouts = { keepalive: '60ms', firstByte: '1h', firstContent: '1h', idle: '1h' };
const breaker = { failures: 1_000, minimum: 1_000 };
const inTurn = {
  strategy: { use: 'priority' },
  targets: [{ provider: 'one' }, { provider: 'two', priority: 1 }],
};

async function start(
  t: Test,
  more: Record<string, unknown> = {},
): Promise<{ switchyard: Switchyard; one: ManualUpstream }> {
  const one = await manualUpstream(t);
  return { switchyard: await gatewayInFront(t, { one }, { timeouts, breaker, ...more }), one };
}

async function startTwo(t: Test, more: Record<string, unknown> = {}) {
  const [one, two] = [await manualUpstream(t), await manualUpstream(t)];
  const switchyard = await gatewayInFront(t, { one, two }, { timeouts, breaker, route: inTurn, ...more });
  return { switchyard, one, two };
}

const withoutComments = (said: string): string => said.replaceAll(/^:.*\n/gm, '').replaceAll(/^\n/gm, '');

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

t.test('after comments another target still has its chance', async (t) => {
  const { switchyard, one, two } = await startTwo(t);
  const failures: ((asked: Awaited<ReturnType<ManualUpstream['asked']>>) => void)[] = [
    (asked) => asked.destroy(),
    (asked) => asked.writeHead(503).end('{"error":{"message":"full"}}'),
    (asked) => asked.writeHead(200, EVENTS).end(ROLE),
    (asked) => asked.writeHead(200, EVENTS).end(ROLE + sse({ error: { message: 'no memory' } })),
    (asked) => asked.writeHead(200, { 'content-type': 'application/json' }).end('{"error":{"message":"x"}}'),
  ];
  for (const [nth, fails] of failures.entries()) {
    const caller = new Caller(switchyard);
    const asked = await one.asked(nth);
    await caller.hears(PING);
    fails(asked);
    const other = await two.asked(nth);
    const before = caller.said;
    await until(
      () => caller.said.length > before.length,
      () => 'a comment while the second is asked',
    );
    other.writeHead(200, EVENTS).end(ROLE + REST);
    const said = await caller.whole();
    t.equal(withoutComments(said), withoutComments(ROLE + REST), `failure ${nth}`);
    t.match(said, /: x-switchyard-attempts: 2\n/);
    t.match(said, /: x-switchyard-provider: two\n/);
    t.match(await switchyard.trace(), {
      ending: 'complete',
      attempts: [{ provider: 'one' }, { provider: 'two' }],
    });
  }
});

const REFUSAL = { error: { message: 'too many', type: 'requests', param: null, code: 'slow_down' } };
const FAILURES = [
  ['a broken connection', 'upstream_reset', (asked) => asked.destroy()],
  ['a refusal', 'slow_down', (asked) => asked.writeHead(429).end(JSON.stringify(REFUSAL, null, 2))],
  ['a page', 'upstream_status', (asked) => asked.writeHead(502).end('<html>\nbad gateway</html>')],
  ['a redirect', 'upstream_status', (asked) => asked.writeHead(302, { location: '/login' }).end()],
  ['an error in a 200', 'upstream_error', (asked) => asked.writeHead(200).end(JSON.stringify(REFUSAL))],
  ['an empty stream', 'upstream_empty', (asked) => asked.writeHead(200, EVENTS).end('data: [DONE]\n\n')],
] as const satisfies readonly (readonly [
  string,
  string,
  (asked: Awaited<ReturnType<ManualUpstream['asked']>>) => void,
])[];

for (const surface of surfaceNames) {
  t.test(`${surface}: a failure after comments is the last event of the stream`, async (t) => {
    const { switchyard, one } = await start(t);
    for (const [nth, [what, code, fails]] of FAILURES.entries()) {
      const caller = new Caller(switchyard, surface);
      const asked = await one.asked(nth);
      await caller.hears(PING);
      fails(asked);
      const said = await caller.whole();
      t.match(errorOf(said), { code, message: /./ }, what);
      t.match(said, surface === 'responses' ? /\n\nevent: error\ndata: .*\n\n$/ : /\n\ndata: .*\n\n$/, what);
      t.notMatch(said, /\[DONE\]|finish_reason|completed/, what);
      if (code === 'slow_down') t.strictSame(errorOf(said), REFUSAL.error, 'in its own words');
      const reason = code === 'slow_down' ? 'upstream_status' : code;
      t.match(await switchyard.trace(), { ending: 'error', status: 200, reason }, what);
    }
  });
}

t.test('a timeout after comments is an event of the stream', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { ...timeouts, firstByte: '300ms' } });
  const caller = new Caller(switchyard);
  const asked = await one.asked(0);
  const left = once(asked, 'close');
  const said = await caller.whole();
  t.match(said, PING);
  t.match(errorOf(said), { code: 'first_byte_timeout' });
  await left;
});

t.test('a whole JSON answer after comments becomes events', async (t) => {
  const { switchyard, one } = await start(t);
  const caller = new Caller(switchyard);
  const asked = await one.asked(0);
  await caller.hears(PING);
  asked.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(WHOLE));
  t.match(
    await caller.whole(),
    /^(: .*\n+)+(data: .*\n\n)*data: .*"Hello".*\n\n(data: .*\n\n)*data: \[DONE\]\n\n$/,
  );
});

t.test("Anthropic's messages have pings, followed by named events", async (t) => {
  const { switchyard, one } = await start(t);
  const content = [{ type: 'text', text: 'Hello' }];
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    stop_reason: 'end_turn',
    content,
  };
  const named = (...events: object[]): string =>
    events.map((event) => `event: ${(event as { type: string }).type}\n${sse(event)}`).join('');
  const refusal = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const streamed = named(
    { type: 'message_start', message: { ...message, stop_reason: null, content: [] } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
    { type: 'message_stop' },
  );
  const json = { 'content-type': 'application/json' };
  for (const [nth, [status, headers, body, expected]] of (
    [
      [200, EVENTS, streamed, streamed],
      [
        200,
        json,
        JSON.stringify(message),
        /^event: message_start\n[^]*"Hello"[^]*event: message_stop\n.*\n\n?$/,
      ],
      [529, json, JSON.stringify(refusal, null, 2), named(refusal)],
    ] as const
  ).entries()) {
    const caller = new Caller(switchyard, '/messages', { max_tokens: 9 });
    const asked = await one.asked(nth);
    await caller.hears(/^event: ping\ndata: \{"type":"ping"\}\n\n/);
    asked.writeHead(status, headers).end(body);
    const said = withoutComments((await caller.whole()).replace(/event: ping\ndata: .*\n\n/g, ''));
    if (typeof expected === 'string') t.equal(said, withoutComments(expected));
    else t.match(said, expected);
  }
});

t.test('a hedged request has comments until one of the two attempts has content', async (t) => {
  let isWarm = false;
  const [one, two] = await Promise.all(
    [1, 2].map(() => manualUpstream(t, () => (isWarm ? undefined : ROLE + REST))),
  );
  const hedge = { enabled: true, share: 1, minimum: 5 };
  const switchyard = await gatewayInFront(
    t,
    { one: one!, two: two! },
    { timeouts, breaker, route: inTurn, hedge },
  );
  for (let nth = 0; nth < 8; nth++) await new Caller(switchyard).whole();
  isWarm = true;
  for (const nth of [0, 1]) {
    const caller = new Caller(switchyard);
    const pair = [await one!.asked(nth), await two!.asked(nth)] as const;
    await caller.hears(TWO);
    const [winner, loser] = nth === 0 ? pair : pair.toReversed();
    t.equal(loser!.destroyed, false, 'a comment leaves neither of them');
    const left = once(loser!, 'close');
    winner!.writeHead(200, EVENTS).end(ROLE + REST);
    t.equal(withoutComments(await caller.whole()), withoutComments(ROLE + REST));
    t.match(caller.said, new RegExp(`: x-switchyard-provider: ${nth === 0 ? 'one' : 'two'}\n`));
    await left;
  }
  await idle(switchyard);
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

t.test('a queued request has comments, and its failure is an event of the stream', async (t) => {
  const { switchyard, one } = await start(t, {
    timeouts: { ...timeouts, queue: '1h' },
    each: { concurrency: 1 },
    route: { timeouts: {} },
  });
  const first = new Caller(switchyard);
  const asked = await one.asked(0);
  const second = new Caller(switchyard);
  await second.hears(TWO);
  t.equal(one.count, 1, 'it waits for room');
  asked.writeHead(200, EVENTS).end(ROLE + REST);
  (await one.asked(1)).writeHead(200, EVENTS).end(ROLE + REST);
  for (const caller of [first, second]) t.match(await caller.whole(), /"Hello"[^]*\[DONE\]\n\n$/);

  const strict = await start(t, { timeouts: { ...timeouts, queue: '400ms' }, each: { concurrency: 1 } });
  const busy = new Caller(strict.switchyard);
  await strict.one.asked(0);
  const said = await new Caller(strict.switchyard).whole();
  t.match(said, PING);
  t.match(errorOf(said), { code: 'queue_timeout' });
  busy.leave();
});

/** A program that answers once a file is there. */
const PROGRAM = `
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
createServer((request, response) => {
  if (request.url === '/health') return response.writeHead(existsSync(process.argv[2]) ? 200 : 503).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(${JSON.stringify(JSON.stringify(WHOLE))});
}).listen(process.env.PORT, '127.0.0.1');
`;

t.test('a request that waits for a local program to start has comments', async (t) => {
  const folder = testFolder(t, { 'server.mjs': PROGRAM });
  const command = [process.execPath, `${folder}/server.mjs`, `${folder}/ready`];
  const mine = {
    use: 'process',
    command,
    env: { PORT: '{port}' },
    probe: { path: '/health' },
    models: { m: 'm' },
    start: 'on-demand',
  };
  const switchyard = await startSwitchyard(t, { home: `${folder}/home`, timeouts, providers: { mine } });
  const caller = new Caller(switchyard);
  await caller.hears(TWO);
  await writeFile(`${folder}/ready`, '');
  t.match(await caller.whole(), /"Hello"[^]*\[DONE\]\n\n$/);
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

t.test(
  'a gateway that stops sends an error: in a stream that has begun, otherwise as a status',
  async (t) => {
    const [one, two] = [await manualUpstream(t), await manualUpstream(t)];
    const target = (provider: string) => ({ strategy: { use: 'round-robin' }, targets: [{ provider }] });
    const models = { m: target('one'), quiet: { ...target('two'), timeouts: { keepalive: '1h' } } };
    const switchyard = await gatewayInFront(t, { one, two }, { timeouts, models });
    const pinged = new Caller(switchyard);
    const quiet = new Caller(switchyard, 'chat', { model: 'quiet' });
    await Promise.all([one.asked(0), two.asked(0)]);
    await pinged.hears(PING);
    switchyard.gateway.endAll();
    t.equal((await quiet.opened()).statusCode, 503);
    t.match(errorOf(await pinged.whole()), { code: 'shutting_down' });
  },
);
