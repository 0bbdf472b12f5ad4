import t, { type Test } from 'tap';
import Fastify from 'fastify';
import gatewayPlugin from '../../../../gateway.ts';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import type { Upstream } from '../../../upstream/upstream.ts';
import { goodUpstream, isStream, test, type Checked, type Tested } from './tested.ts';
import { testFolder } from '../../../test-folder.ts';

const CHECKS = ['health', 'models', 'chat', 'stream', 'format', 'errors', 'abort', 'speed'];

async function start(
  t: Test,
  config: object = {},
  options: object = {},
): Promise<[Switchyard, Upstream, Upstream]> {
  const one = await goodUpstream(t);
  const two = await goodUpstream(t, { models: ['text-embedding-3', 'b'] });
  const at = ({ url }: Upstream) => ({ use: 'openai-compatible', baseUrl: url, ...options });
  const switchyard = await startSwitchyard(t, { providers: { one: at(one), two: at(two) }, ...config });
  return [switchyard, one, two];
}

interface Summary {
  readonly ok: boolean;
  readonly providers: Tested[];
}

t.test('all providers in service are tested, or the named ones, each once', async (t) => {
  const [switchyard, one, two] = await start(t);
  const suite = async (body: object): Promise<Summary> =>
    (await switchyard.ask('/v1/test', { body: { suite: true, ...body } })).json() as Summary;
  const all = await suite({});
  t.equal(all.ok, true, JSON.stringify(all, null, 1));
  t.same(
    all.providers.map(({ provider, checks }) => [provider, checks.map(({ check }) => check)]),
    [
      ['one', CHECKS],
      ['two', CHECKS],
    ],
    'programs that were not started are not',
  );
  t.same(new Set(two.posts.map((post) => post.fields().model)), new Set(['b']), 'not the one for embeddings');
  one.behave('status-500');
  const named = await suite({ providers: ['ONE', 'one'], model: 'm' });
  t.match(named, { ok: false, providers: [{ provider: 'one', ok: false }] });
  t.equal(named.providers.length, 1);
  t.match((await suite({ providers: ['two'], model: 'm' })).providers[0]?.checks[2], {
    check: 'chat',
    ok: null,
    detail: "it has no model 'm'",
  });
});

t.test('an invalid request is refused, and without `suite` it is the short chat', async (t) => {
  const [switchyard] = await start(t);
  for (const [path, body, status, says] of [
    ['/v1/test', { suite: true, providers: ['unknown'] }, 404, /there is no provider 'unknown'/],
    ['/v1/test', { suite: true, providers: 7 }, 400, /'providers' must be a list of names/],
    ['/v1/test', { suite: true, timeout: 1 }, 400, /'timeout' must be a number from 100 to/],
    ['/v1/test', { suite: 'perhaps' }, 400, /'suite' must be true or false; it is 'perhaps'/],
    ['/providers/unknown/test', {}, 404, /there is no provider 'unknown'/],
    ['/providers/one/test', { modle: 'm' }, 400, /'modle' is not known here; there are: model, start/],
    ['/providers/one/test', { model: '' }, 400, /'model' must be a text/],
  ] as const) {
    const answer = await switchyard.ask(path, { body });
    t.equal(answer.status, status, path);
    t.match((answer.json() as { error: { message: string } }).error.message, says);
  }
  t.match((await switchyard.ask('/v1/test?model=m', { method: 'POST' })).json(), { response: /Hello/ });
});

t.test('a client that accepts events gets each check as it ends, and the result last', async (t) => {
  const [switchyard] = await start(t);
  const answer = await switchyard.ask('/v1/test?suite=true', {
    method: 'POST',
    headers: { accept: 'text/event-stream' },
  });
  t.match(answer.headers['content-type'], /^text\/event-stream/);
  const [begin, ...events] = answer.events.map((data) => JSON.parse(data) as unknown);
  const done = events.pop() as Summary;
  t.same(begin, { providers: ['one', 'two'], checks: CHECKS });
  t.match(done, { ok: true, providers: [{ provider: 'one' }, { provider: 'two' }] });
  for (const { provider, checks } of done.providers)
    t.same(
      (events as (Checked & { provider: string })[]).filter((event) => event.provider === provider),
      checks.map((one) => ({ provider, ...one })),
    );
  t.same(answer.text.match(/^event: .*/gm), [
    'event: begin',
    ...CHECKS.flatMap(() => ['event: check', 'event: check']),
    'event: done',
  ]);
});

t.test('a client disconnect ends the test, and its requests', async (t) => {
  const [switchyard, one] = await start(t);
  one.behaveWhen(isStream, 'stall-after-content');
  const gone = new AbortController();
  const asked = switchyard
    .ask('/providers/one/test', { body: {}, signal: gone.signal })
    .catch(() => undefined);
  const stream = await one.seen(1, isStream);
  gone.abort();
  await asked;
  t.equal(await one.left(stream), 'mid-body');
  await one.quiet();
  t.equal(one.posts.length, 2, 'no check came after it');
});

t.test('a provider with a concurrency of one gets one request at a time, by two tests too', async (t) => {
  const [switchyard, one] = await start(t, {}, { concurrency: 1 });
  const [first, second] = await Promise.all([test(switchyard, 'one'), test(switchyard, 'one')]);
  t.ok(first.ok && second.ok, JSON.stringify([first, second], null, 1));
  // A disconnect is noticed late on a busy machine.
  const late = ({ left }: { left?: unknown }): number => (left === undefined ? 5 : 500);
  const spans = one.posts.map((post) => [post.startedAt, (post.overAt as number) - late(post)] as const);
  for (const [at, [begins]] of spans.entries())
    t.notOk(
      spans.slice(0, at).some(([, over]) => over > begins),
      `request ${at + 1} begins when those before are over`,
    );
});

t.test('the gateway requires its keys, and a caller’s own reaches a provider without one', async (t) => {
  const [locked] = await start(t, { server: { apiKeys: ['gateway-key'] } });
  t.equal((await locked.ask('/providers/one/test', { body: {} })).status, 401);
  const headers = { authorization: 'Bearer gateway-key' };
  const answer = await locked.ask('/providers/one/test', { body: {}, headers });
  t.match(answer.json(), { ok: true });

  const upstream = await goodUpstream(t, { apiKey: 'callers-own' });
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } };
  const open = await startSwitchyard(t, { providers: { lab } });
  const result = (own: Record<string, string>) =>
    open
      .ask('/providers/lab/test', { body: {}, headers: own })
      .then((one) => (one.json() as Summary).providers[0]);
  t.match(await result({ authorization: 'Bearer callers-own' }), { ok: true });
  t.match((await result({}))?.checks[2], {
    ok: false,
    detail: /lab answered 401.*Incorrect API key/,
    remedy: /providers\.lab\.apiKey/,
  });
});

t.test('it works below any path and where nothing listens', async (t) => {
  const upstream = await goodUpstream(t);
  const app = Fastify();
  t.teardown(() => app.close());
  const providers = { lab: { use: 'openai-compatible', baseUrl: upstream.url } };
  app.register(gatewayPlugin, { prefix: '/ai', discover: false, home: testFolder(t, {}), providers });
  const answer = await app.inject({
    method: 'POST',
    url: '/ai/v1/test',
    headers: { 'content-type': 'application/json', host: 'localhost' },
    payload: { suite: true },
  });
  t.equal(answer.statusCode, 200, answer.body);
  t.match(answer.json(), { ok: true, providers: [{ provider: 'lab', ok: true }] });
});
