import t, { type Test } from 'tap';
import { Keys } from '../../../kits/provider-kit/api-keys.ts';
import { scopeOf } from '../../../core/failures/refusal-scope.ts';
import { gatewayInFront, ownProvider, upstream } from '../../in-front.ts';

const refusal = (status: number, text = '') => ({ status, headers: {}, body: Buffer.from(text) });
const keys = (count: number) =>
  new Keys(
    Array.from({ length: count }, (_, at) => `key-${at}`),
    () => 0,
  );

t.test('what a refusal concerns, where its provider does not declare it', (t) => {
  const key = { nth: 1 };
  for (const [status, text, request, count, scope] of [
    [401, '', { key }, 1, 'key'],
    [402, '', { key }, 1, 'key'],
    [403, 'Your API key has been suspended', { key }, 1, 'key'],
    [403, 'Your input was flagged', { key }, 1, undefined],
    [400, '{"error":"Incorrect API key provided: ab***yz."}', { key }, 1, 'key'],
    [
      400,
      '[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}]',
      { key },
      1,
      'key',
    ],
    [400, '{"error":{"message":"Invalid parameter: \'api_key\'"}}', { key }, 1, undefined],
    [400, 'Incorrect API key provided', {}, 0, undefined],
    [401, '', {}, 0, undefined],
    [429, '', { key }, 1, 'model'],
    [429, '', {}, 0, 'model'],
    [429, '', { key }, 2, 'key'],
    [500, '', { key }, 2, undefined],
    [429, '', { callersKey: true }, 0, 'caller'],
    [401, '', { callersKey: true }, 0, 'caller'],
    [500, '', { callersKey: true }, 0, undefined],
  ] as const) {
    const provider = { scopes: undefined, keys: count === 0 ? undefined : keys(count) };
    t.equal(scopeOf(refusal(status, text), request, provider)?.scope, scope, `${status} ${text}`);
  }
  t.end();
});

const body = (message: string) => ({ error: { message } });

/** A provider whose models share quotas: those that are free, and those of the second kind. */
async function shared(t: Test) {
  const one = await upstream(t, 'one');
  const use = ownProvider(
    t,
    {},
    `scopes: [
      { status: 429, says: /free quota/, scope: 'pool', models: /:free$/ },
      { status: 429, says: /quota of b/, scope: 'pool', models: /^b/ },
      { status: 429, says: /maintenance/, scope: 'provider', pauseMs: 60_000 },
      { status: 403, scope: 'request' },
    ]`,
  );
  const models = { m: 'm', 'a:free': 'a:free', 'b:free': 'b:free', 'c:free': 'c:free' };
  const time = { now: 1_800_000_000_000 };
  const targets = (name: string) => ({ targets: [{ provider: 'one', model: name }] });
  const switchyard = await gatewayInFront(
    t,
    { one },
    {
      each: { use, models, apiKey: 'a-key' },
      models: Object.fromEntries(Object.keys(models).map((name) => [name, targets(name)])),
    },
    { now: () => time.now },
  );
  const ask = async (model: string) => (await switchyard.chat({ model })).status;
  return { one, switchyard, ask, time };
}

t.test('what a provider declares counts: its pools and the whole of it', async (t) => {
  const { one, ask, time } = await shared(t);
  t.strictSame([await ask('a:free'), await ask('b:free')], [200, 200]);
  one.behaveOnce('status-429', { retryAfter: 120, body: body('your free quota is used up') });
  t.equal(await ask('a:free'), 429);
  t.equal(await ask('b:free'), 429, 'it shares the quota');
  t.equal(await ask('c:free'), 429, 'as does one that was never requested before');
  t.equal(one.posts.length, 3, 'and they were not asked');
  t.equal(await ask('m'), 200, 'others go on');
  time.now += 120_000;
  t.equal(await ask('b:free'), 200);
  one.behaveOnce('status-429', { body: body('down for maintenance') });
  t.equal(await ask('m'), 429);
  t.strictSame([await ask('m'), await ask('a:free')], [429, 429]);
  time.now += 60_000;
  t.equal(await ask('a:free'), 200);
  one.behaveOnce('status', { code: 403, body: body('no such thing with this API key') });
  t.equal(await ask('m'), 403);
  t.equal(await ask('m'), 200, 'one invalid request blocks no target');
});

t.test('a reset of one target unblocks those blocked by the same quota, and no other', async (t) => {
  const { one, switchyard, ask } = await shared(t);
  const reset = async (id: string) =>
    (await switchyard.ask(`/targets/one/${id}/reset`, { method: 'POST' })).json();
  for (const model of ['a:free', 'b:free', 'm']) t.equal(await ask(model), 200);
  one.behaveOnce('status-429', { retryAfter: 120, body: body('your free quota is used up') });
  t.equal(await ask('a:free'), 429);
  one.behaveOnce('status-429', { retryAfter: 120 });
  t.equal(await ask('m'), 429, 'for a reason of its own');
  t.match(await reset('a:free'), { lifted: ['quota'], out: [], others: ['one/b:free'] });
  t.strictSame([await ask('b:free'), await ask('c:free'), await ask('a:free')], [200, 200, 200]);
  t.equal(await ask('m'), 429, 'nothing that it shares is forgotten');

  one.behaveOnce('status-429', { retryAfter: 240, body: body('your quota of b is used up') });
  t.equal(await ask('b:free'), 429);
  one.behaveOnce('status-429', { retryAfter: 120, body: body('your free quota is used up') });
  t.equal(await ask('a:free'), 429);
  t.match(await reset('a:free'), { others: ['one/b:free', 'one/c:free'] });
  t.equal(await ask('c:free'), 200);
  t.equal(await ask('b:free'), 429, 'another quota of its own is still used up');
  t.match(await reset('b:free'), { lifted: ['quota'], others: [] });
  t.equal(await ask('b:free'), 200);
});
