import t, { type Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { gatewayInFront, post, targetOf, upstream } from '../../in-front.ts';

const NOW = 1_800_000_000_000;

async function start(t: Test, each: Record<string, unknown>, names: readonly ('one' | 'two')[] = ['one']) {
  const both = { one: await upstream(t, 'one'), two: await upstream(t, 'two') };
  let now = NOW;
  const used = Object.fromEntries(names.map((name) => [name, both[name]]));
  const switchyard = await gatewayInFront(t, used, { only: { one: each } }, { now: () => now });
  return { switchyard, ...both, pass: (ms: number) => void (now += ms) };
}

const sent = (one: Upstream): (string | undefined)[] =>
  one.posts.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
const withKey =
  (key: string) =>
  (request: Received): boolean =>
    post(request) && request.headers.authorization === `Bearer ${key}`;

async function statuses(switchyard: Switchyard, count: number): Promise<number[]> {
  const all = [];
  for (let asked = 0; asked < count; asked++) all.push((await switchyard.chat()).status);
  return all;
}

t.test('several keys are used in turns', async (t) => {
  const { switchyard, one } = await start(t, { apiKey: 'a-key', apiKeys: ['b-key', 'c-key', 'b-key'] });
  await statuses(switchyard, 6);
  t.strictSame(sent(one), ['a-key', 'b-key', 'c-key', 'a-key', 'b-key', 'c-key']);
  t.equal((await switchyard.trace()).attempts[0].key, 3, 'the trace tells which by its place');
});

t.test(
  'a key without quota and without Retry-After pauses for longer and longer, and no request fails',
  async (t) => {
    const { switchyard, one, pass } = await start(t, { apiKeys: ['a-key', 'b-key'] });
    one.behaveWhen(withKey('a-key'), 'status-429');
    const asked = (): number => sent(one).filter((key) => key === 'a-key').length;
    const many = await Promise.all(Array.from({ length: 120 }, async () => (await switchyard.chat()).status));
    t.strictSame(new Set(many), new Set([200]));
    const first = asked();
    t.strictSame(new Set(await statuses(switchyard, 4)), new Set([200]));
    t.equal(asked(), first, 'it is passed over');
    for (const seconds of [1, 2, 4]) {
      const before = asked();
      pass(seconds * 1_000 - 1);
      await statuses(switchyard, 2);
      t.equal(asked(), before, `not before ${seconds} s`);
      pass(1);
      t.strictSame(await statuses(switchyard, 2), [200, 200]);
      t.equal(asked(), before + 1, `once after ${seconds} s`);
    }
    t.equal(targetOf(switchyard, 'one').blocks(NOW).size, 0);
  },
);

t.test(
  'with all keys without quota and without Retry-After, an only target is used all the same',
  async (t) => {
    const { switchyard, one } = await start(t, { apiKeys: ['a-key', 'b-key'] });
    one.behave('status-429');
    t.strictSame(await statuses(switchyard, 2), [429, 429]);
    one.behave('ok');
    t.strictSame(await statuses(switchyard, 2), [200, 200]);
  },
);

t.test('so does one whose Retry-After says at once', async (t) => {
  for (const said of ['0', '-5', 'Fri, 31 Dec 1999 23:59:59 GMT']) {
    const { switchyard, one } = await start(t, { apiKeys: ['a-key', 'b-key'] });
    one.behaveWhen(withKey('a-key'), 'status', { code: 429, body: {}, headers: { 'retry-after': said } });
    t.strictSame(new Set(await statuses(switchyard, 20)), new Set([200]));
    t.equal(sent(one).filter((key) => key === 'a-key').length, 1, said);
  }
});

t.test('a refused key is skipped, and the same request goes on with another', async (t) => {
  const { switchyard, one, pass } = await start(t, { apiKeys: ['a-key', 'b-key'] });
  one.behaveWhen(withKey('a-key'), 'status-401');
  t.strictSame(await statuses(switchyard, 5), [200, 200, 200, 200, 200]);
  t.strictSame(sent(one), ['a-key', 'b-key', 'b-key', 'b-key', 'b-key', 'b-key']);
  t.equal(targetOf(switchyard, 'one').blocks(NOW).size, 0, 'neither the target nor its provider is out');
  t.equal(targetOf(switchyard, 'one').errorRate, 0);
  const first = (await switchyard.traces(5))[4];
  t.match(first.attempts, [
    { target: 'one/m', outcome: 'failed', status: 401, scope: 'key', key: 1 },
    { target: 'one/m', outcome: 'answered', key: 2 },
  ]);
  const { text, json } = await switchyard.ask('/providers');
  t.match(json().providers[0].keys, { size: 2, out: [{ key: 1, detail: /^one answered 401/ }] });
  t.notMatch(text, /[ab]-key/, 'what the keys are is told nowhere');
  pass(60_000);
  await statuses(switchyard, 2);
  t.equal(sent(one).filter((key) => key === 'a-key').length, 2, 'it is tried again after a minute');
});

t.test('a key with Retry-After has exactly that pause', async (t) => {
  const { switchyard, one, pass } = await start(t, { apiKeys: ['a-key', 'b-key'] });
  one.behaveWhen(withKey('a-key'), 'status-429', { retryAfter: 300 });
  t.strictSame(await statuses(switchyard, 4), [200, 200, 200, 200]);
  t.equal(sent(one).filter((key) => key === 'a-key').length, 1);
  pass(299_999);
  await statuses(switchyard, 2);
  t.equal(sent(one).filter((key) => key === 'a-key').length, 1);
  pass(1);
  await statuses(switchyard, 2);
  t.equal(sent(one).filter((key) => key === 'a-key').length, 2);
});

t.test('when all keys pause, the model is blocked until the first is back', async (t) => {
  const { switchyard, one, two, pass } = await start(t, { apiKeys: ['a-key', 'b-key'] }, ['one', 'two']);
  one.behaveWhen(withKey('a-key'), 'status-429', { retryAfter: 60 });
  one.behaveWhen(withKey('b-key'), 'status-429', { retryAfter: 30 });
  t.strictSame(await statuses(switchyard, 6), [200, 200, 200, 200, 200, 200]);
  t.equal(one.posts.length, 2);
  t.equal(two.posts.length, 6);
  t.match((await switchyard.trace()).candidates[0].out, [/^quota: all its keys: one answered 429/]);
  one.behaveWhen(withKey('b-key'), 'ok');
  pass(30_000);
  await statuses(switchyard, 4);
  t.strictSame(sent(one).slice(2), ['b-key', 'b-key'], 'and only that one is used');
});

t.test("a key's pause holds, too, where all others are refused", async (t) => {
  const { switchyard, one, pass } = await start(t, { apiKeys: ['a-key', 'b-key'] });
  one.behaveWhen(withKey('a-key'), 'status-429', { retryAfter: 30 });
  one.behaveWhen(withKey('b-key'), 'status-401');
  await statuses(switchyard, 4);
  t.strictSame(sent(one), ['a-key', 'b-key']);
  const { status, headers } = await switchyard.chat();
  t.match({ status, after: headers['retry-after'] }, { status: 429, after: '30' });
  one.behaveWhen(withKey('a-key'), 'ok');
  pass(30_000);
  await statuses(switchyard, 1);
  t.strictSame(sent(one).slice(2), ['a-key']);
});

t.test(
  'with its only key refused, another target answers; without one, its refusal is passed on',
  async (t) => {
    const { switchyard, one } = await start(t, { apiKey: 'a-key' }, ['one', 'two']);
    one.behave('status-401');
    t.strictSame(await statuses(switchyard, 6), [200, 200, 200, 200, 200, 200]);
    t.equal(one.posts.length, 1);
    const alone = await start(t, { apiKey: 'a-key' });
    alone.one.behave('status-401');
    t.strictSame(await statuses(alone.switchyard, 3), [401, 401, 401]);
    alone.one.behave('ok');
    t.strictSame(await statuses(alone.switchyard, 3), [200, 200, 200], 'a mended key is used at once');
  },
);

t.test("a pause of a caller's own key does not concern other callers", async (t) => {
  const { switchyard, one } = await start(t, {});
  const as = (key: string) => switchyard.chat({}, { headers: { authorization: `Bearer ${key}` } });
  one.behaveWhen(withKey('greedy'), 'status-429', { retryAfter: 600 });
  t.equal((await as('greedy')).status, 429);
  t.equal((await as('modest')).status, 200);
  t.equal((await as('greedy')).status, 429);
  t.match((await switchyard.trace()).attempts[0], { scope: 'caller' });
  t.equal(targetOf(switchyard, 'one').blocks(NOW).size, 0);
  t.match(sent(one), ['greedy', 'modest', 'greedy']);
});

const nameIn = ({ body }: Received): string => (JSON.parse(body.toString()) as { model: string }).model;
const withKeyFor =
  (key: string, model: RegExp) =>
  (request: Received): boolean =>
    withKey(key)(request) && model.test(nameIn(request));

/** Its keys, and two models of one provider. */
async function twoModels(t: Test) {
  const started = await start(t, { apiKeys: ['a-key', 'b-key'], models: { m: 'm', n: 'n' } });
  const ask = async (model: string, count: number): Promise<number[]> => {
    const all = [];
    for (let nth = 0; nth < count; nth++) all.push((await started.switchyard.chat({ model })).status);
    return all;
  };
  const uses = (key: string, model: string): number =>
    started.one.posts.filter(withKeyFor(key, new RegExp(`^${model}$`))).length;
  const out = async () => (await started.switchyard.ask('/providers')).json().providers[0].keys.out;
  return { ...started, ask, uses, out };
}

t.test('a key without quota for one model is skipped for that model alone', async (t) => {
  const { one, ask, uses, out, pass } = await twoModels(t);
  one.behaveWhen(withKeyFor('a-key', /^m$/), 'status-429', { retryAfter: 300 });
  t.strictSame(await ask('m', 4), [200, 200, 200, 200]);
  t.equal(uses('a-key', 'm'), 1);
  t.strictSame(await ask('n', 4), [200, 200, 200, 200]);
  t.strictSame([uses('a-key', 'n'), uses('b-key', 'n')], [2, 2]);
  t.match(await out(), [{ key: 1, model: 'm', detail: /^one answered 429 and asked for 300 s/ }]);
  pass(300_000);
  t.strictSame(await out(), []);
  await ask('m', 2);
  t.equal(uses('a-key', 'm'), 2);
});

t.test('with all keys without quota for one model, other models are answered', async (t) => {
  const { one, ask, uses, pass } = await twoModels(t);
  for (const key of ['a-key', 'b-key'])
    one.behaveWhen(withKeyFor(key, /^m$/), 'status-429', { retryAfter: 300 });
  t.strictSame(await ask('m', 4), [429, 429, 429, 429]);
  t.equal(uses('a-key', 'm') + uses('b-key', 'm'), 2);
  t.strictSame(await ask('n', 4), [200, 200, 200, 200]);
  for (const key of ['a-key', 'b-key']) one.behaveWhen(withKeyFor(key, /^m$/), 'ok');
  pass(300_000);
  t.strictSame(await ask('m', 2), [200, 200]);
});

t.test('a refused key, or one without funds, is skipped for all models', async (t) => {
  for (const [name, options] of [
    ['status-401', {}],
    ['status', { code: 402 }],
    ['status-429', { body: { error: { code: 'insufficient_quota', message: 'no funds' } } }],
  ] as const) {
    const { one, ask, uses, out } = await twoModels(t);
    one.behaveWhen(withKeyFor('a-key', /^m$/), name, options);
    t.strictSame(await ask('m', 2), [200, 200]);
    await ask('n', 4);
    t.equal(uses('a-key', 'n'), 0, name);
    const [only, ...others] = await out();
    t.match(only, { key: 1 });
    t.strictSame([Object.hasOwn(only, 'model'), others], [false, []]);
  }
});

t.test('one model of a provider with one key, or none, pauses for longer and longer', async (t) => {
  for (const options of [{ apiKey: 'a-key' }, {}]) {
    const models = { models: { m: 'm', n: 'n' } };
    const { switchyard, one, pass } = await start(t, { ...models, ...options }, ['one', 'two']);
    const asked = (model: string): number =>
      one.posts.filter((request) => post(request) && nameIn(request) === model).length;
    one.behaveWhen((request) => post(request) && nameIn(request) === 'm', 'status-429');
    t.strictSame(new Set(await statuses(switchyard, 6)), new Set([200]));
    t.equal(asked('m'), 1, 'it is passed over');
    for (const seconds of [1, 2, 4]) {
      const before = asked('m');
      pass(seconds * 1_000 - 1);
      await statuses(switchyard, 2);
      t.equal(asked('m'), before, `not before ${seconds} s`);
      pass(1);
      t.strictSame(await statuses(switchyard, 2), [200, 200]);
      t.equal(asked('m'), before + 1, `once after ${seconds} s`);
    }
    t.equal(
      (await switchyard.chat({ model: 'n' })).headers['x-switchyard-provider'],
      'one',
      'its others go on',
    );
  }
});

t.test('the memory of keys is bounded, however many models are made up', async (t) => {
  const { switchyard, one } = await start(t, { apiKeys: ['a-key', 'b-key'], models: undefined });
  one.behaveWhen(withKeyFor('a-key', /^made-up/), 'status-429', { retryAfter: 300 });
  for (let nth = 0; nth < 700; nth++) {
    const { status } = await switchyard.chat({ model: `made-up-${nth}` });
    if (status !== 200) t.fail(`${nth}: ${status}`);
  }
  const { out } = (await switchyard.ask('/providers')).json().providers[0].keys;
  t.equal(out.length, 256);
});

t.test('without Retry-After, pinned requests are not refused, several at once neither', async (t) => {
  for (const options of [{ apiKey: 'a-key' }, {}, { apiKeys: ['a-key', 'b-key'] }]) {
    const { switchyard, one } = await start(t, options, ['one', 'two']);
    const pinned = async () => (await switchyard.ask('/v1/chat/completions?provider=one', { body })).status;
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
    one.behave('status-429');
    t.strictSame([await pinned(), await pinned()], [429, 429]);
    one.behave('ok');
    t.strictSame(await Promise.all([pinned(), pinned(), pinned()]), [200, 200, 200]);
  }
});
