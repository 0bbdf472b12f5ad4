import t from 'tap';
import type { BehaviourName } from '../../upstream/behaviours/index.ts';
import { listRecordings, readRecording } from '../../upstream/recordings.ts';
import {
  bytesFrom,
  errorOf,
  gatewayInFront,
  idle,
  plain,
  post,
  rawUpstream,
  surfaceNames,
  targetOf,
  upstream,
  type Bytes,
} from '../../in-front.ts';
import { ask, chunk, DONE, start } from './streams.ts';

/** How a good stream may be written; the client gets the very same bytes. */
const FRAMINGS: readonly BehaviourName[] = [
  'ok',
  'crlf',
  'cr-only',
  'data-without-space',
  'multi-line-data',
  'one-byte',
  'split-utf8',
  'coalesced',
  'pings',
  'long-line',
  'slow-content',
  'slow-first-byte',
  'text-plain-sse',
  'hop-by-hop',
  'no-finish',
  'length-empty',
  'filter-empty',
];

/** The requests of the recordings, for the most part. */
const COUNTED = { stream_options: { include_usage: true } };

// They wait for the most part.
t.jobs = 4;

t.test('a good stream reaches the client byte for byte, however it is written', async (t) => {
  const one = await upstream(t, 'one', { text: ['Hello', ' Grüße', ' 世界 👋.'] });
  const switchyard = await gatewayInFront(t, { one });
  for (const surface of surfaceNames) {
    for (const name of FRAMINGS) {
      const what = `${surface}: ${name}`;
      one.behave(name);
      const direct = await bytesFrom(one.url, surface);
      const relayed = await ask(switchyard, surface);
      // One comes before each frame, and the gateway is sent one frame more, which counts tokens.
      const read = ({ body }: Bytes) => plain(body).replaceAll(/^:.*\n\n?/gm, name === 'pings' ? '' : '$&');
      t.equal(read(relayed), read(direct), what);
      t.match(relayed, { status: 200, broken: false }, what);
      t.equal(relayed.headers['content-type'], 'text/event-stream; charset=utf-8', what);
      t.match(await switchyard.trace(), { ending: 'complete', attempts: [{ outcome: 'answered' }] }, what);
    }
  }
  await idle(switchyard);
});

t.test(
  'every recorded stream of a vendor reaches the client byte for byte to its closing event',
  async (t) => {
    const { switchyard, one } = await start(t, 0);
    const surfaceOf = { chat: 'chat', completion: 'completions', responses: 'responses' } as const;
    let whole = 0;
    for (const file of listRecordings().filter((name) => name.endsWith('.chunks.txt'))) {
      const [kind] = /(?<=\/)(chat|completion|responses)(?=--)/.exec(file) ?? [];
      if (kind === undefined) continue;
      one.behave('replay', { file });
      const recorded = readRecording(file).body.toString();
      const { body, broken } = await ask(switchyard, surfaceOf[kind as keyof typeof surfaceOf], COUNTED);
      t.notOk(broken, file);
      const { ending } = await switchyard.trace();
      if (ending !== 'complete') {
        // One recording is an error, and one holds events that are no JSON.
        t.match(file, /openai-error|parallel-tool-call-wrapper/);
        continue;
      }
      whole++;
      t.ok(recorded.startsWith(body.toString()), file);
      // Behind a response some say [DONE] once more, and one recording holds several answers.
      t.match(recorded.slice(body.length), /^(data: \[DONE\]|event: response\.created|$)/, file);
    }
    t.ok(whole > 20, `${whole} recordings`);
  },
);

t.test('a compressed answer is decompressed, and its parts come as they were flushed', async (t) => {
  const { switchyard, one } = await start(t);
  for (const surface of surfaceNames) {
    for (const stream of [true, false]) {
      one.forget();
      const direct = await bytesFrom(one.url, surface, { stream });
      one.behave('gzip');
      const relayed = await ask(switchyard, surface, { stream });
      t.equal(plain(relayed.body), plain(direct.body), surface);
      t.notHas(relayed.headers, 'content-encoding');
    }
  }
  await idle(switchyard);
});

t.test('an answer that only lacks its closing event gets one', async (t) => {
  const { switchyard, one } = await start(t);
  for (const surface of ['chat', 'completions'] as const) {
    one.forget();
    const direct = await bytesFrom(one.url, surface);
    for (const name of ['no-done', 'no-trailing-newline'] as const) {
      one.behave(name);
      const relayed = await ask(switchyard, surface);
      t.equal(plain(relayed.body), plain(direct.body), `${surface}: ${name}`);
      t.match(await switchyard.trace(), { ending: 'complete' });
    }
  }
});

t.test('a connection that breaks after every choice has its finish reason breaks no answer', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100000\r\n\r\n';
  const answer = chunk(0, 'a') + chunk(0, '', 'stop');
  for (const [rest, then] of [
    ['', 'end'],
    ['', 'reset'],
    ['data: [DO', 'end'],
  ] as const) {
    const one = await rawUpstream(t, head + answer + rest, then);
    const switchyard = await gatewayInFront(t, { one });
    const { body, broken } = await ask(switchyard, 'chat');
    t.equal(body.toString(), answer + DONE);
    t.equal(broken, false);
    t.match(await switchyard.trace(), { ending: 'complete' });
  }
});

t.test('each of several choices needs its finish reason', async (t) => {
  const { switchyard, one } = await start(t);
  const body = chunk(0, 'a') + chunk(1, 'b') + chunk(1, '', 'stop');
  one.behave('status', { code: 200, contentType: 'text/event-stream', body });
  t.equal(errorOf((await ask(switchyard, 'chat', { n: 2 })).body.toString()).code, 'stream_cut');
  const both = body + chunk(0, '', 'length');
  one.behave('status', { code: 200, contentType: 'text/event-stream', body: both });
  t.equal((await ask(switchyard, 'chat', { n: 2 })).body.toString(), both + DONE);
});

t.test('only the upstream can close a response: without its closing event it is cut', async (t) => {
  const { switchyard, one } = await start(t);
  one.behave('no-done');
  const { body, broken } = await ask(switchyard, 'responses');
  t.equal(broken, false);
  t.match(errorOf(body.toString()), { code: 'stream_cut' });
  t.notMatch(body.toString(), /response\.completed/);
});

t.test("the client's stream ends at the first closing event, whatever follows", async (t) => {
  const { switchyard, one } = await start(t);
  for (const surface of surfaceNames) {
    one.forget();
    const direct = await bytesFrom(one.url, surface);
    for (const name of ['done-twice', 'trailing-junk', 'short-body'] as const) {
      one.behave(name);
      const relayed = await ask(switchyard, surface);
      t.equal(plain(relayed.body), plain(direct.body), `${surface}: ${name}`);
      t.equal(relayed.broken, false);
      t.match(await switchyard.trace(), { ending: 'complete' });
    }
  }
});

t.test('an upstream that does not end after its closing event delays no client and is closed', async (t) => {
  const { switchyard, one } = await start(t);
  for (const surface of surfaceNames) {
    const direct = await bytesFrom(one.url, surface);
    one.behave('hang-after-done');
    const relayed = await ask(switchyard, surface);
    t.equal(plain(relayed.body), plain(direct.body), surface);
    t.equal(one.posts.at(-1)!.overAt, undefined, 'the client has its answer while the upstream still hangs');
    one.behave('ok');
  }
  t.equal(targetOf(switchyard, 'one').inflight, 3, 'each counts as in flight until its body has ended');
  const hanging = one.posts.filter(({ overAt }) => overAt === undefined);
  for (const asked of hanging) t.equal(await one.left(asked), 'mid-body');
  await idle(switchyard);
  t.match(await one.seen(1, post), { ended: true });
});

const CHUNKED = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
const framed = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

t.test('[DONE] without a finish reason proves no end where the connection then breaks', async (t) => {
  for (const [then, last] of [
    ['end', ''],
    ['reset', ''],
    ['end', '0\r\n\r\n'],
  ] as const) {
    const one = await rawUpstream(t, CHUNKED + framed(chunk(0, 'a')) + framed(DONE) + last, then);
    const switchyard = await gatewayInFront(t, { one });
    const { body } = await ask(switchyard, 'chat');
    if (last === '') {
      t.match(errorOf(body.toString()), { code: 'stream_cut' }, then);
      t.notMatch(body.toString(), /\[DONE\]/);
      t.match(await switchyard.trace(), { ending: 'cut' });
    } else t.equal(body.toString(), chunk(0, 'a') + DONE, 'whole where the body ends well');
  }
});

t.test('a [DONE] that lacks its empty line is one where the body ends well', async (t) => {
  for (const done of ['data: [DONE]', 'data: [DONE]\n', 'data: [DONE]\r\n']) {
    const one = await rawUpstream(t, `${CHUNKED}${framed(chunk(0, 'a'))}${framed(done)}0\r\n\r\n`);
    const switchyard = await gatewayInFront(t, { one });
    const { body } = await ask(switchyard, 'chat');
    t.match(body.toString(), /^data: .*\n\ndata: \[DONE\]\s+$/, JSON.stringify(done));
    t.match(await switchyard.trace(), { ending: 'complete' });
  }
});

t.test('a whole stream that is kept open ends for the client, and its connection is closed', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';
  for (const rest of ['', ': ping\n\n', DONE]) {
    const answer = chunk(0, 'a') + chunk(0, '', 'stop');
    const one = await rawUpstream(t, head + answer + rest, 'hang');
    const switchyard = await gatewayInFront(t, { one }, { timeouts: { idle: '1h' } });
    const { body, broken } = await ask(switchyard, 'chat');
    t.equal(body.toString(), answer + (rest === DONE ? '' : rest) + DONE);
    t.equal(broken, false);
    await idle(switchyard);
  }
});
