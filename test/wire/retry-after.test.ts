import t, { type Test } from 'tap';
import { retryAfter } from '../../wire/retry-after.ts';
import type { Switchyard } from '../switchyard.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { bytesFrom, errorOf, gatewayInFront, targetOf, until, upstream } from '../in-front.ts';

/** Lent time, in ms since 1970: 60 ms before a full second, for dates know no parts of one. */
const NOW = 1_800_000_000_940;
const soon = new Date(NOW + 60);

interface Setting {
  readonly switchyard: Switchyard;
  readonly one: Upstream;
  readonly two: Upstream;
  /** ms that have passed */
  pass(ms: number): void;
}

async function start(
  t: Test,
  names: readonly ('one' | 'two')[],
  config: Record<string, unknown> = {},
): Promise<Setting> {
  const both = { one: await upstream(t, 'one'), two: await upstream(t, 'two') };
  let now = NOW;
  const used = Object.fromEntries(names.map((name) => [name, both[name]]));
  const switchyard = await gatewayInFront(t, used, config, { now: () => now, date: () => now });
  return { switchyard, ...both, pass: (ms) => void (now += ms) };
}

const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

t.test('a wait is read as ms, as seconds or as a date', (t) => {
  for (const [headers, ms] of [
    [{}, undefined],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': ' 0.25 ' }, 250],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after': soon.toUTCString() }, 60],
    [{ 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }, 0],
    [{ 'retry-after-ms': '40' }, 40],
    [{ 'retry-after-ms': '40', 'retry-after': '1' }, 40],
    [{ 'retry-after-ms': 'nonsense', 'retry-after': '1' }, 1_000],
    [{ 'retry-after-ms': '', 'retry-after': '1' }, 1_000],
    [{ 'retry-after-ms': '-1', 'retry-after': '1' }, 1_000],
    [{ 'retry-after': 'later' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '  ' }, undefined],
    [{ 'retry-after': '1e300' }, undefined],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{ 'retry-after-ms': '1e300' }, undefined],
    [{ 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' }, undefined],
    [{ 'retry-after': '1000000000000' }, undefined],
    [{ 'retry-after': '86400' }, 900_000],
    [{ 'retry-after-ms': '1e8' }, 900_000],
  ] as const) {
    t.equal(retryAfter(headers, NOW), ms, JSON.stringify(headers));
  }
  // undici gives a header that came twice as a list, whatever Node's types say.
  const twice = { 'retry-after': ['1', '2'] as unknown as string };
  t.equal(retryAfter(twice, NOW), 1_000);
  t.end();
});

t.test('a short Retry-After is waited for where no other target can answer', async (t) => {
  const { switchyard, one } = await start(t, ['one']);
  for (const [kind, options] of [
    ['ms', { headers: { 'retry-after-ms': '60' } }],
    ['seconds', { retryAfter: '0.06' }],
    ['a date', { retryAfter: soon }],
  ] as const) {
    for (const code of [429, 503]) {
      one.forget();
      one.behaveOnce(`status-${code}`, options);
      const { status, headers } = await ask(switchyard);
      t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-attempts': '2' } }, kind);
      const [first, second] = one.posts;
      const between = second!.startedAt - first!.overAt!;
      t.ok(between >= 55, `${kind}: asked again after ${between} ms`);
      const trace = await switchyard.trace();
      t.match(trace.attempts, [{ outcome: 'failed', retryAfter: 60 }, { outcome: 'answered' }], kind);
      t.match(trace.notes, [{ waited: 'one/m asked for it', ms: 60 }], kind);
    }
  }
});

t.test('it is waited for once, then the caller is told when to come back', async (t) => {
  const { switchyard, one } = await start(t, ['one'], { retry: { attempts: 5 } });
  one.behave('status-429', { headers: { 'retry-after-ms': '5' } });
  const { status, headers } = await ask(switchyard);
  t.match(
    { status, headers },
    { status: 429, headers: { 'x-switchyard-attempts': '2', 'retry-after-ms': '5' } },
  );
  t.equal(headers['x-should-retry'], undefined, 'which says enough');
  t.equal(one.posts.length, 2);
});

t.test('a long Retry-After goes to the client, and the target is blocked until then', async (t) => {
  const { switchyard, one, pass } = await start(t, ['one']);
  one.behaveOnce('status-429', { retryAfter: 120, body: '{"error":{"message":"enough"} }' });
  const first = await ask(switchyard);
  t.equal(first.status, 429);
  t.equal(first.headers['retry-after'], '120');
  t.equal(first.body.toString(), '{"error":{"message":"enough"} }', 'as the upstream said it');
  for (const [passed, rest] of [
    [0, '120'],
    [30_000, '90'],
    [89_500, '1'],
  ] as const) {
    pass(passed);
    for (const stream of [true, false]) {
      const { status, headers, body } = await ask(switchyard, { stream });
      t.match(
        { status, headers },
        { status: 429, headers: { 'retry-after': rest, 'x-switchyard-attempts': '0' } },
      );
      t.match(errorOf(body.toString()), {
        code: 'upstream_busy',
        type: 'rate_limit_error',
        message: /one\/m is blocked \(one answered 429 and asked for 120 s\)/,
      });
    }
  }
  t.equal(one.posts.length, 1, 'it was asked once in all that time');
  const { ending, attempts, candidates } = await switchyard.trace();
  t.match(
    { ending, attempts, candidates },
    { ending: 'refused', attempts: [], candidates: [{ out: [/^quota: /] }] },
  );
  pass(500);
  t.match(await ask(switchyard), { status: 200 });
  t.equal(one.posts.length, 2);
});

t.test('without it, the client gets the time when the limits are renewed', async (t) => {
  const { switchyard, one } = await start(t, ['one']);
  one.behaveOnce('status-429', { headers: { 'x-ratelimit-reset-tokens': '1m30s' } });
  t.match(await ask(switchyard), { status: 429, headers: { 'retry-after': '90' } });
  t.match(await ask(switchyard), {
    status: 429,
    headers: { 'retry-after': '90', 'x-switchyard-attempts': '0' },
  });
  t.equal(one.posts.length, 1, 'it is blocked until then');
});

t.test('how long is short is the gateway to say', async (t) => {
  const { switchyard, one } = await start(t, ['one'], { retry: { wait: '30ms' } });
  one.behaveOnce('status-429', { headers: { 'retry-after-ms': '60' } });
  t.match(await ask(switchyard), { status: 429 });
  t.equal(one.posts.length, 1);
});

t.test('where another target can answer no request waits, and the pause is kept', async (t) => {
  const { switchyard, one, two, pass } = await start(t, ['one', 'two']);
  one.behave('status-429', { retryAfter: 3 });
  for (let asked = 0; asked < 6; asked++) {
    const started = performance.now();
    const { status, headers } = await ask(switchyard);
    t.match({ status, headers }, { status: 200, headers: { 'x-upstream': 'two' } });
    t.ok(performance.now() - started < 2_500);
  }
  t.equal(one.posts.length, 1);
  t.equal(two.posts.length, 6);
  one.behave('ok');
  pass(3_000);
  for (let asked = 0; asked < 4; asked++) await ask(switchyard);
  t.equal(one.posts.length, 3, 'then it has its share again');
});

t.test('when all have asked for a pause, the client gets the shortest', async (t) => {
  const { switchyard, one, two } = await start(t, ['one', 'two']);
  one.behave('status-429', { retryAfter: 300 });
  two.behave('status-429', { retryAfter: 40 });
  t.match(await ask(switchyard), { status: 429, headers: { 'x-switchyard-attempts': '2' } });
  const { status, headers } = await ask(switchyard);
  t.match({ status, headers }, { status: 429, headers: { 'retry-after': '40' } });
  t.strictSame([one.posts.length, two.posts.length], [1, 1]);
});

t.test('a no that says to come back at once blocks nothing', async (t) => {
  const { switchyard, one } = await start(t, ['one']);
  one.behave('status-429', { retryAfter: 0 });
  t.match(await ask(switchyard), { status: 429, headers: { 'x-switchyard-attempts': '2' } });
  t.equal(targetOf(switchyard, 'one').blocks(NOW).has('quota'), false);
});

t.test('a pause is as long as it was said to be, whatever is done to the date meanwhile', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { retry: { wait: 0 } });
  one.behaveOnce('status-429', { headers: { 'retry-after-ms': '200' } });
  t.match(await ask(switchyard), { status: 429 });
  const { now } = Date;
  t.teardown(() => void (Date.now = now));
  Date.now = () => now() - 2 * 3_600_000;
  const { until: shown } =
    (await switchyard.ask('/providers')).json().providers[0].targets[0].blocks.quota ?? {};
  if (shown !== undefined)
    t.ok(Math.abs(Date.parse(shown) - Date.now()) < 10_000, 'and shown by the new date');
  await until(
    () => targetOf(switchyard, 'one').blocks(switchyard.gateway.now()).size === 0,
    () => 'asked again',
  );
  t.match(await ask(switchyard), { status: 200 });
});

t.test(
  'of several that say when, the soonest is told, and nothing that tells a client to give up',
  async (t) => {
    const { switchyard, one, two } = await start(t, ['one', 'two']);
    one.behave('status-429', { retryAfter: 80 });
    two.behave('status-429', { retryAfter: 8 });
    for (const attempts of ['2', '0']) {
      const { status, headers } = await ask(switchyard);
      t.match(
        { status, headers },
        { status: 429, headers: { 'retry-after': '8', 'x-switchyard-attempts': attempts } },
      );
      t.equal(headers['x-should-retry'], undefined);
    }
  },
);

t.test('x-should-retry: false prevents a retry, however short the Retry-After', async (t) => {
  const { switchyard, one } = await start(t, ['one'], { retry: { again: 3 } });
  for (const more of [{}, { 'retry-after-ms': '5' }]) {
    one.forget();
    one.behave('status-429', { headers: { ...more, 'x-should-retry': 'false' } });
    t.match(await ask(switchyard), { status: 429, headers: { 'x-should-retry': 'false' } });
    t.equal(one.posts.length, 1);
    switchyard.gateway.upstreams.get('one')!.target('m').reset();
  }
});

t.test('a time that SDKs do not wait for comes with the word that stops them', async (t) => {
  for (const [seconds, word] of [
    ['90', 'false'],
    ['50', undefined],
  ] as const) {
    const one = await upstream(t, 'one');
    const switchyard = await gatewayInFront(t, { one });
    one.behave('status-429', { headers: { 'retry-after': seconds } });
    const first = await ask(switchyard);
    t.match([first.status, first.headers['retry-after']], [429, seconds]);
    t.equal(first.headers['x-should-retry'], word, `after ${seconds} s, as the upstream says it`);
    const next = await ask(switchyard);
    t.ok(Number(next.headers['retry-after']) > 40, 'it is blocked, and the client gets the time');
    t.equal(next.headers['x-should-retry'], word, `after ${seconds} s, as the gateway says it`);
  }
});
