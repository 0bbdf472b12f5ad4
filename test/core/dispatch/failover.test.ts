import t, { type Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { BehaviourName, BehaviourOptions } from '../../upstream/behaviours/index.ts';
import {
  bytesFrom,
  gatewayInFront,
  idle,
  ownProvider,
  plain,
  rawUpstream,
  targetOf,
  upstream,
} from '../../in-front.ts';
import { startTwo, type Two } from '../two-upstreams.ts';

type Failure = readonly [name: BehaviourName, reason: string, options?: object];

/** What fails before any content, whether a stream was asked for or not, and how the trace calls it. */
const FAILURES: readonly Failure[] = [
  ['rst-before-head', 'upstream_reset'],
  ['close-before-head', 'upstream_reset'],
  ['not-http', 'upstream_malformed'],
  ...[408, 409, 429, 500, 502, 503, 504, 529].map((code) => [`status-${code}`, 'upstream_status'] as const),
  ['status', 'upstream_status', { code: 500, body: 'Internal Server Error', contentType: 'text/plain' }],
  ['status', 'upstream_status', { code: 502, body: '' }],
  ['html', 'upstream_malformed'],
  ['html', 'upstream_status', { code: 503 }],
  ['error-in-200', 'upstream_error'],
  ['error-frame-first', 'upstream_error'],
  ['empty-200', 'upstream_empty'],
  ['no-content', 'upstream_empty'],
  ['empty-done', 'upstream_empty'],
  ['empty-stop', 'upstream_empty'],
  ['empty-json', 'upstream_empty', { content: null }],
  ['rst-before-content', 'stream_cut'],
  ['status', 'stream_cut', { code: 200, body: 'no gzip', headers: { 'content-encoding': 'gzip' } }],
  ['status', 'upstream_malformed', { code: 200, body: '{}', headers: { 'content-encoding': 'nonsense' } }],
  ['status', 'upstream_error', { code: 200, body: { detail: 'Model is loading' } }],
  ['status', 'upstream_malformed', { code: 200, body: 'upstream connect error', contentType: 'text/plain' }],
];

/** The same where form matters. */
const STREAM_FAILURES: readonly Failure[] = [
  ['cut-before-content', 'upstream_empty'],
  [
    'status',
    'upstream_error',
    { code: 200, contentType: 'text/event-stream', body: 'data: worker died\n\n' },
  ],
  ['status', 'upstream_empty', { code: 200, contentType: 'text/event-stream', body: ': ping\n\n' }],
];
const JSON_FAILURES: readonly Failure[] = [
  ['cut-before-content', 'upstream_malformed'],
  ['cut-after-content', 'upstream_malformed'],
  ['rst-after-content', 'stream_cut'],
  ['broken-chunked', 'stream_cut'],
  ['short-body', 'stream_cut'],
  ['trailing-junk', 'upstream_malformed'],
  ['status', 'upstream_malformed', { code: 200, body: '[1,' }],
];

const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

/** The first of two fails, and the client sees nothing but the second's good answer. */
async function isHidden(
  t: Test,
  { switchyard, one, two }: Two,
  [name, reason, options = {}]: Failure,
  stream: boolean,
) {
  const what = `${name} ${JSON.stringify(options)}, ${stream ? 'stream' : 'JSON'}`;
  const good = await bytesFrom(two.url, 'chat', { stream });
  // A target without quota would be blocked for a moment.
  targetOf(switchyard, 'one').unblock('quota');
  targetOf(switchyard, 'one').unblock('breaker');
  one.behave(name, options as BehaviourOptions<typeof name>);
  const before = [one.posts.length, two.posts.length] as const;
  const { status, headers, body, broken } = await ask(switchyard, { stream });
  t.match({ status, broken }, { status: 200, broken: false }, what);
  t.equal(plain(body), plain(good.body), what);
  t.match(
    headers,
    { 'x-upstream': 'two', 'x-switchyard-provider': 'two', 'x-switchyard-attempts': '2' },
    what,
  );
  t.equal(headers['content-type'], stream ? 'text/event-stream; charset=utf-8' : 'application/json', what);
  t.equal(two.posts.length - before[1], 1, what);
  t.equal(one.posts.length - before[0], 1, what);
  const { attempts, ending, error } = await switchyard.trace();
  t.match(attempts[0], { target: 'one/m', outcome: 'failed', reason, message: /^one / }, what);
  t.match(attempts[1], { target: 'two/m', outcome: 'answered', status: 200 }, what);
  t.notHas(attempts[1], 'reason');
  t.match(
    { ending, attempts: attempts.length, error },
    { ending: 'complete', attempts: 2, error: undefined },
    what,
  );
}

t.test(
  'a stream that fails before content is retried on the next target, unseen by the client',
  async (t) => {
    const two = await startTwo(t, { retry: { budget: 1 } });
    for (const failure of [...FAILURES, ...STREAM_FAILURES]) await isHidden(t, two, failure, true);
    await idle(two.switchyard);
  },
);

t.test(
  'a JSON answer that fails at any point is retried on the next target, unseen by the client',
  async (t) => {
    const two = await startTwo(t, { retry: { budget: 1 } });
    for (const failure of [...FAILURES, ...JSON_FAILURES]) await isHidden(t, two, failure, false);
    await idle(two.switchyard);
  },
);

t.test('a target that stalls before content is replaced, and its request is aborted', async (t) => {
  for (const [name, stream, clock, reason] of [
    ['stall-before-head', true, 'firstByte', 'first_byte_timeout'],
    ['stall-before-head', false, 'firstByte', 'first_byte_timeout'],
    ['stall-before-content', true, 'firstContent', 'first_content_timeout'],
    ['pings-only', true, 'firstContent', 'first_content_timeout'],
    ['stall-before-content', false, 'idle', 'stream_stalled'],
    ['stall-after-content', false, 'idle', 'stream_stalled'],
  ] as const) {
    const two = await startTwo(t, { only: { one: { timeouts: { [clock]: '150ms' } } } });
    await isHidden(t, two, [name, reason], stream);
    const left = await two.one.left(two.one.posts[0]!);
    t.equal(left, name === 'stall-before-head' ? 'before-head' : 'mid-body', name);
    await idle(two.switchyard);
  }
});

t.test('a target that refuses connections costs the client nothing', async (t) => {
  const two = await startTwo(t);
  await two.one.close();
  for (const stream of [true, false]) {
    const { status, headers } = await ask(two.switchyard, { stream });
    t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-provider': 'two' } });
  }
  const first = (await two.switchyard.traces(2))[1];
  t.match(first.attempts, [
    {
      target: 'one/m',
      reason: 'upstream_refused',
      message: /one could not be reached at http.*nothing listens there/,
    },
    { target: 'two/m', outcome: 'answered' },
  ]);
  t.notHas(first.attempts[0], 'connected');
});

t.test('an answer without content is valid when it explains itself', async (t) => {
  const { switchyard, one, two } = await startTwo(t);
  for (const name of ['length-empty', 'filter-empty'] as const) {
    for (const stream of [true, false]) {
      one.behave(name);
      two.behave(name);
      const { status, headers, body } = await ask(switchyard, { stream });
      t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-attempts': '1' } });
      t.match(body.toString(), name === 'length-empty' ? /"length"/ : /"content_filter"/);
    }
  }
});

t.test('an answer that is garbage from its first byte is retried, whatever the bytes', async (t) => {
  const two = await upstream(t, 'two');
  const good = plain((await bytesFrom(two.url, 'chat')).body);
  for (const answer of [
    'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-encoding: br\r\ncontent-length: 2\r\n\r\n{}',
    'HTTP/1.1 429 Slow\r\nretry-after: 1\r\nretry-after: 2\r\ncontent-length: 2\r\n\r\n{}',
    'HTTP/1.1 500 Oh\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n{"error":',
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {"choices":[null]}\n\ndata: {"choices":{"0":1}}\n\n',
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"choices":[null,7,{"message":null}]}',
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\nnull',
  ]) {
    const one = await rawUpstream(t, answer);
    const switchyard = await gatewayInFront(t, { one, two });
    const { status, headers, body } = await ask(switchyard);
    t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-attempts': '2' } }, answer);
    t.equal(plain(body), good);
    t.equal(one.asked(), 1);
  }
});

t.test(
  'a plugin that throws while it reads an answer fails that attempt, and no request hangs',
  async (t) => {
    const own = ownProvider(t, {}, `retryable: () => { throw new TypeError('of the plugin') }`);
    const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
    const switchyard = await gatewayInFront(t, { one, two }, { only: { one: { use: own } } });
    one.behave('status-500');
    t.match(await ask(switchyard), { status: 200, headers: { 'x-switchyard-attempts': '2' } });
    t.match((await switchyard.trace()).attempts[0], { outcome: 'failed', reason: 'internal' });
    t.match(switchyard.log.join(''), /of the plugin/);
    await idle(switchyard);
  },
);
