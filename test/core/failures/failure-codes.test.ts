import t, { type Test } from 'tap';
import { meaningOf, type ErrorCode } from '../../../core/errors.ts';
import { blackhole } from '../../blackhole.ts';
import { errorOf, gatewayInFront, ownProvider, post, targetOf, upstream } from '../../in-front.ts';
import type { Switchyard } from '../../switchyard.ts';
import type { Upstream } from '../../upstream/upstream.ts';

interface Case {
  readonly code: ErrorCode;
  readonly stream?: boolean;
  readonly config?: Record<string, unknown>;
}

interface Failing extends Case {
  /** what the target does to every request */
  readonly behave: (one: Upstream) => void | Promise<void>;
}

const after = (phase: string): Record<string, unknown> => ({ timeouts: { [phase]: '150ms' } });

const FAILING: readonly Failing[] = [
  { code: 'upstream_refused', behave: (one) => one.close() },
  { code: 'upstream_reset', behave: (one) => one.behave('rst-before-head') },
  { code: 'upstream_error', behave: (one) => one.behave('error-in-200') },
  { code: 'upstream_status', behave: (one) => one.behave('status-500') },
  { code: 'upstream_empty', behave: (one) => one.behave('empty-200') },
  { code: 'upstream_malformed', behave: (one) => one.behave('html') },
  {
    code: 'upstream_too_large',
    behave: (one) => one.behave('long-line', { bytes: 65_536 }),
    stream: true,
    config: { limits: { event: '16KiB' } },
  },
  { code: 'stream_cut', behave: (one) => one.behave('short-body') },
  {
    code: 'stream_stalled',
    behave: (one) => one.behave('stall-before-content'),
    config: after('idle'),
  },
  {
    code: 'first_byte_timeout',
    behave: (one) => one.behave('stall-before-head'),
    config: after('firstByte'),
  },
  {
    code: 'first_content_timeout',
    behave: (one) => one.behave('pings-only'),
    stream: true,
    config: after('firstContent'),
  },
  { code: 'total_timeout', behave: (one) => one.behave('stall-before-head'), config: after('total') },
];

for (const failing of FAILING)
  t.test(`${failing.code} means to a client and to other targets what its row says`, async (t) => {
    const one = await upstream(t, 'one');
    const { url } = one;
    await failing.behave(one);
    await holds(t, failing, { url });
  });

t.test('internal means to a client and to other targets what its row says', async (t) => {
  const one = await upstream(t, 'one');
  one.behave('status-500');
  const use = ownProvider(t, {}, `retryable: () => { throw new TypeError('of the plugin') }`);
  await holds(t, { code: 'internal', config: { only: { one: { use } } } }, one);
});

t.test('connect_timeout means to a client and to other targets what its row says', async (t) => {
  const one = await blackhole(t);
  if (!one) return t.pass('this kernel takes every connection');
  await holds(t, { code: 'connect_timeout', config: after('connect') }, one);
});

async function holds(
  t: Test,
  { code, stream = false, config = {} }: Case,
  one: { readonly url: string },
): Promise<void> {
  const { status, type, elsewhere, again, health, clientRetry, retryAfterS } = meaningOf(code);
  const chat = (switchyard: Switchyard) => switchyard.chat({ stream });

  const alone = await gatewayInFront(
    t,
    { one },
    { ...config, breaker: { failures: 1_000, minimum: 1_000, look: 0 }, retry: { again: 1 } },
    { random: () => 0 },
  );
  const answer = await chat(alone);
  const { attempts } = await alone.trace();
  t.equal(attempts[0].reason, code, 'this is what went wrong');
  t.equal(attempts.length, again ? 2 : 1, 'whether the same target is asked again');
  t.equal(answer.headers['x-should-retry'], clientRetry ? undefined : 'false');
  t.equal(answer.headers['retry-after'], retryAfterS?.toString());
  if (code !== 'upstream_status') {
    t.equal(answer.status, status);
    t.match(errorOf(answer.text), { code, type });
  }

  const two = await upstream(t, 'two');
  const both = await gatewayInFront(t, { one, two }, config);
  t.equal((await chat(both)).status, elsewhere ? 200 : status, 'whether another target answers');
  t.equal(two.requests.filter(post).length, elsewhere ? 1 : 0);

  const breaker = { failures: 2, minimum: 1_000, look: 0, first: '1h', longest: '1h' };
  const judged = await gatewayInFront(t, { one }, { ...config, breaker });
  const isOut = (): boolean => targetOf(judged, 'one').blocks(judged.gateway.now()).has('breaker');
  await chat(judged);
  t.equal(isOut(), health === 'opens', 'whether one failure opens the circuit');
  await chat(judged);
  t.equal(isOut(), health !== 'nothing', 'whether failures count for it');
}
