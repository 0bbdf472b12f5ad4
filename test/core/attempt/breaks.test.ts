import t, { type Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { BehaviourName } from '../../upstream/behaviours/index.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import {
  bytesFrom,
  errorOf,
  gatewayInFront,
  idle,
  plain,
  rawUpstream,
  surfaceNames,
  upstream,
  type Bytes,
  type SurfaceName,
} from '../../in-front.ts';
import { chunk, DONE } from '../../chat-events.ts';

/** What breaks an answer after content, the code that the client is told, and how the trace calls the ending. */
const BREAKS: readonly (readonly [BehaviourName, string, string])[] = [
  ['cut-after-content', 'stream_cut', 'cut'],
  ['rst-after-content', 'stream_cut', 'cut'],
  ['broken-chunked', 'stream_cut', 'cut'],
  ['stall-after-content', 'stream_stalled', 'stalled'],
  ['error-frame-after-content', '', 'error'],
];

/** Two gateways before one upstream: the one that does not wait is for what stalls, so that nothing else is late. */
async function startTwo(
  t: Test,
): Promise<{ one: Upstream; switchyardFor(name: BehaviourName): Switchyard; settled(): Promise<void> }> {
  const { switchyard, one } = await start(t);
  const hasty = await gatewayInFront(
    t,
    { one },
    { timeouts: { idle: '200ms' }, breaker: { failures: 1_000, minimum: 1_000 } },
  );
  return {
    one,
    switchyardFor: (name) => (name.startsWith('stall') ? hasty : switchyard),
    settled: async () => {
      await one.quiet();
      await idle(switchyard);
      await idle(hasty);
    },
  };
}

async function start(
  t: Test,
  config: Record<string, unknown> = {},
): Promise<{ switchyard: Switchyard; one: Upstream }> {
  const one = await upstream(t, 'one');
  return {
    switchyard: await gatewayInFront(t, { one }, { breaker: { failures: 1_000, minimum: 1_000 }, ...config }),
    one,
  };
}

// They wait for the most part.
t.jobs = 4;

const ask = ({ url }: Switchyard, surface: SurfaceName, more = {}): Promise<Bytes> =>
  bytesFrom(`${url}/v1`, surface, more);

/** Events of a stream whose lines end by line feeds, each with its empty line. */
const eventsOf = (text: string): string[] => text.split(/(?<=\n\n)/);

const sse = (body: string) => ({ code: 200, contentType: 'text/event-stream', body });

t.test(
  'a stream that breaks after content ends with an error of its own API and nothing made up',
  async (t) => {
    const { one, switchyardFor, settled } = await startTwo(t);
    for (const surface of surfaceNames) {
      one.forget();
      const good = eventsOf(plain((await bytesFrom(one.url, surface)).body));
      for (const [name, code, ending] of BREAKS) {
        const what = `${surface}: ${name}`;
        const switchyard = switchyardFor(name);
        one.behave(name);
        const { status, body, broken } = await ask(switchyard, surface);
        const events = eventsOf(plain(body));
        const failed = surface === 'responses' ? events.pop() : undefined;
        if (failed !== undefined) t.match(failed, /^event: response\.failed\n.*"status":"failed"/, what);
        const last = events.pop() as string;
        t.match({ status, broken }, { status: 200, broken: false }, `${what}: the body ends in good form`);
        t.strictSame(events, good.slice(0, events.length), `${what}: what was good has gone on`);
        t.match(events.join(''), /Hello.* there.*Gr/s, what);
        t.match(
          last,
          surface === 'responses' ? /^event: error\ndata: \{"type":"error"/ : /^data: \{"error":\{/,
        );
        if (code === '') t.match(last, /The upstream has failed on purpose/, what);
        else t.match(errorOf(last), { code, type: 'upstream_error', message: /^one / }, what);
        t.notMatch(plain(body), /"finish_reason":"|\[DONE\]|response\.(completed|incomplete)/, what);
        t.match(await switchyard.trace(), { ending, status: 200, attempts: [{ outcome: 'failed' }] }, what);
      }
    }
    await settled();
  },
);

t.test('an in-band error passes as the upstream sent it, and nothing after it does', async (t) => {
  const { switchyard, one } = await start(t);
  one.behave('error-frame-after-content', { message: 'out of memory', done: true });
  const { body } = await ask(switchyard, 'chat');
  t.match(body.toString(), /"message":"out of memory","type":"server_error".*\}\}\n\n$/);
  t.notMatch(body.toString(), /\[DONE\]/);
  t.match(await switchyard.trace(), { ending: 'error', error: /out of memory/ });
  // No SDK throws at `{"detail": …}`: that is said in this API's own words.
  one.behave('status', sse(`${chunk('a')}data: {"detail":"worker lost"}\n\n${DONE}`));
  const other = (await ask(switchyard, 'chat')).body.toString();
  t.ok(other.startsWith(chunk('a')));
  t.match(errorOf(other), { code: 'upstream_error', message: 'one answered with an error: worker lost' });
  t.equal(eventsOf(other).length, 2);
});

t.test('an incomplete event is not passed on', async (t) => {
  const { switchyard, one } = await start(t);
  for (const half of ['data: {"choices":[{"index":0,"del', 'data: ', 'event: x\ndata: {"a"', ': pi', '\n']) {
    one.behave('status', sse(chunk('a') + chunk('b') + half));
    const { body, broken } = await ask(switchyard, 'chat');
    const [a, b, error, ...more] = eventsOf(body.toString().replace(/\n{3,}/, '\n\n'));
    t.strictSame([a, b, more, broken], [chunk('a'), chunk('b'), [], false], JSON.stringify(half));
    t.match(errorOf(error!), { code: 'stream_cut' });
  }
});

t.test('a chunked stream with broken encoding is reported as cut', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
  const good = `${chunk('a').length.toString(16)}\r\n${chunk('a')}\r\n`;
  for (const bad of ['zz\r\nnonsense', 'ffffffffffffffffff\r\n', '5\r\nabcdefgh']) {
    const one = await rawUpstream(t, head + good + bad, 'hang');
    const switchyard = await gatewayInFront(t, { one });
    const { body, broken } = await ask(switchyard, 'chat');
    t.equal(broken, false);
    t.ok(body.toString().startsWith(chunk('a')));
    t.match(errorOf(body.toString()), { code: 'stream_cut' }, bad);
    await idle(switchyard);
  }
});

t.test('a compressed stream that turns into garbage is reported as broken', async (t) => {
  const { switchyard, one } = await start(t);
  const garbage = { ...sse('this was never compressed'), headers: { 'content-encoding': 'gzip' } };
  one.behave('status', garbage);
  for (const stream of [true, false]) {
    const { status, body } = await ask(switchyard, 'chat', { stream });
    t.equal(status, 502);
    t.match(errorOf(body.toString()), { code: 'stream_cut' });
  }
  one.behave('status', { ...garbage, headers: { 'content-encoding': 'rot13' } });
  const { status, body } = await ask(switchyard, 'chat');
  t.equal(status, 502);
  t.match(errorOf(body.toString()), { code: 'upstream_malformed', message: /unknown encoding: rot13/ });
  await idle(switchyard);
});

t.test('an endless event is bounded: a failure before content, an error event after it', async (t) => {
  const { switchyard, one } = await start(t, { limits: { event: '64KiB' } });
  one.behave('huge-line');
  const before = await ask(switchyard, 'chat');
  t.equal(before.status, 502);
  const tooLarge = { code: 'upstream_too_large', message: /more than 65536 bytes; limits\.event/ };
  t.match(errorOf(before.body.toString()), tooLarge);
  t.equal(await one.left(one.posts[0]!), 'mid-body', 'the upstream is stopped');
  one.behave('status', sse(`${chunk('a')}data: ${'x'.repeat(2_000_000)}`));
  const after = await ask(switchyard, 'chat');
  t.equal(after.broken, false);
  t.ok(after.body.length < 1_000, 'nothing of it was passed on');
  t.ok(after.body.toString().startsWith(chunk('a')));
  t.match(errorOf(after.body.toString()), tooLarge);
  t.match(await switchyard.trace(), { ending: 'error' });
  await one.quiet();
});

t.test('endless comments before any content are bounded too', async (t) => {
  const { switchyard, one } = await start(t, { limits: { event: '16KiB' }, timeouts: { keepalive: 0 } });
  one.behave('pings-only', { delay: 0 });
  const { status, body } = await ask(switchyard, 'chat');
  t.equal(status, 502);
  t.match(errorOf(body.toString()), { code: 'upstream_too_large' });
  t.equal(await one.left(one.posts[0]!), 'mid-body');
});

t.test('a JSON answer that breaks half-way is no answer', async (t) => {
  const { one, switchyardFor, settled } = await startTwo(t);
  for (const [name, code, status] of [
    ['cut-after-content', 'upstream_malformed', 502],
    ['rst-after-content', 'stream_cut', 502],
    ['broken-chunked', 'stream_cut', 502],
    ['short-body', 'stream_cut', 502],
    ['stall-after-content', 'stream_stalled', 504],
    ['trailing-junk', 'upstream_malformed', 502],
  ] as const) {
    one.behave(name);
    for (const surface of surfaceNames) {
      const answer = await ask(switchyardFor(name), surface, { stream: false });
      t.equal(answer.status, status, `${surface}: ${name}`);
      t.match(errorOf(answer.body.toString()), { code }, `${surface}: ${name}`);
    }
  }
  await settled();
});

t.test('an answer too long to buffer passes through, and breaks where it broke', async (t) => {
  const { switchyard, one } = await start(t, { limits: { answer: '64KiB' } });
  one.behave('big-json', { bytes: 1_000_000 });
  const direct = await bytesFrom(one.url, 'chat', { stream: false });
  const relayed = await ask(switchyard, 'chat', { stream: false });
  t.equal(plain(relayed.body), plain(direct.body));
  t.match(relayed, { status: 200, broken: false, headers: { 'content-type': 'application/json' } });
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n';
  const broken = await rawUpstream(t, `${head}{"object":"${'x'.repeat(300_000)}`);
  const other = await gatewayInFront(t, { broken }, { limits: { answer: '64KiB' } });
  t.equal((await ask(other, 'chat', { stream: false })).broken, true, 'a break is passed on as a break');
  t.match(await other.trace(), { ending: 'cut' });
});
