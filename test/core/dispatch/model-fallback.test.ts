import t, { type Test } from 'tap';
import { startSwitchyard } from '../../switchyard.ts';
import { upstream } from '../../in-front.ts';

/** Models `big` at one, `small` at two and `long` at three, with what is said of `big`. */
async function start(t: Test, big: Record<string, unknown>, config: Record<string, unknown> = {}) {
  const [one, two, three] = [await upstream(t, 'one'), await upstream(t, 'two'), await upstream(t, 'three')];
  const provider = (baseUrl: string, models: object) => ({ use: 'openai-compatible', baseUrl, models });
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: {
      one: provider(one.url, { big: 'big' }),
      two: provider(two.url, { small: 'small-1' }),
      three: provider(three.url, { long: 'long' }),
    },
    models: {
      big: { targets: [{ provider: 'one' }], ...big },
      small: { targets: [{ provider: 'two' }], fallbacks: ['big'] },
    },
    ...config,
  });
  return { switchyard, one, two, three };
}

t.test('when no target can answer for a model, its fallback does', async (t) => {
  const { switchyard, one, two } = await start(t, { fallbacks: ['small', 'long'] });
  one.behave('status-500');
  for (const stream of [true, false]) {
    const { status, headers } = await switchyard.chat({ model: 'big', stream });
    t.match(
      { status, headers },
      {
        status: 200,
        headers: {
          'x-upstream': 'two',
          'x-switchyard-model': 'small-1',
          'x-switchyard-provider': 'two',
          'x-switchyard-attempts': '2',
        },
      },
    );
  }
  t.equal(two.posts[0]!.fields()['model'], 'small-1', 'asked by its own name');
  const { model, route, notes, attempts } = await switchyard.trace();
  t.match(
    { model, route, notes, attempts },
    {
      model: 'big',
      route: 'small',
      notes: [{ remark: "'big' was not available: 'small' is asked instead" }],
      attempts: [
        { target: 'one/big', outcome: 'failed' },
        { target: 'two/small-1', outcome: 'answered' },
      ],
    },
  );
});

t.test('when all targets are blocked, the fallback answers without an attempt at them', async (t) => {
  const { switchyard, one, two } = await start(t, { fallbacks: ['small'] });
  one.behave('status-429', { retryAfter: 60 });
  await switchyard.chat({ model: 'big' });
  const { status, headers } = await switchyard.chat({ model: 'big' });
  t.match(
    { status, headers },
    { status: 200, headers: { 'x-switchyard-attempts': '1', 'x-upstream': 'two' } },
  );
  t.strictSame([one.posts.length, two.posts.length], [1, 2]);
});

t.test('each fallback is tried once, in order, and the final error is the most specific one', async (t) => {
  const { switchyard, one, two, three } = await start(t, { fallbacks: ['small', 'long'] });
  for (const each of [one, two]) each.behave('status-500');
  t.match(await switchyard.chat({ model: 'big' }), { status: 200, headers: { 'x-upstream': 'three' } });
  three.behave('status-503');
  t.match(await switchyard.chat({ model: 'big' }), { status: 503 });
  t.strictSame([one.posts.length, two.posts.length, three.posts.length], [2, 2, 2], 'no circles');
});

t.test('a client error does not fall back', async (t) => {
  const { switchyard, one, two } = await start(t, { fallbacks: ['small'], contextFallbacks: ['long'] });
  one.behave('status-400');
  t.equal((await switchyard.chat({ model: 'big' })).status, 400);
  t.equal(two.posts.length, 0);
});

t.test('a pinned request and a stream that has begun do not fall back', async (t) => {
  const { switchyard, one, two } = await start(t, { fallbacks: ['small'] });
  one.behaveOnce('cut-after-content');
  t.match((await switchyard.chat({ model: 'big', stream: true })).events.at(-1), /stream_cut/);
  one.behaveOnce('status-500');
  const body = { model: 'big', messages: [{ role: 'user', content: 'hi' }] };
  t.equal((await switchyard.ask('/v1/chat/completions?provider=one', { body })).status, 500);
  t.equal(two.posts.length, 0);
});

t.test('a request that is too long for its model goes to the context fallback', async (t) => {
  const { switchyard, one, three } = await start(t, { contextFallbacks: ['long'] });
  for (const error of [
    { code: 'context_length_exceeded', message: 'no' },
    { message: "This model's maximum context length is 8192 tokens." },
  ]) {
    one.behaveOnce('status-400', { body: { error } });
    const { status, headers } = await switchyard.chat({ model: 'big' });
    t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-model': 'long' } });
    t.match((await switchyard.trace()).notes, [
      { remark: /^'big' does not take a text of this length: 'long'/ },
    ]);
  }
  t.equal(three.posts.length, 2);
  one.behaveOnce('status-500');
  t.equal((await switchyard.chat({ model: 'big' })).status, 500, 'that list is for nothing else');
  one.behaveOnce('status-400', { body: { error: { code: 'context_length_exceeded' } } });
  three.behaveOnce('status-400', { body: { error: { code: 'context_length_exceeded' } } });
  t.equal(
    (await switchyard.chat({ model: 'big' })).status,
    400,
    'and when it is too long for all, they say so',
  );
});

t.test('a healthy fallback costs no retry budget; an unhealthy one does', async (t) => {
  const { switchyard, one, two } = await start(
    t,
    { fallbacks: ['small'] },
    { retry: { again: 0, budget: 0 }, breaker: { failures: 1_000, minimum: 1_000 } },
  );
  one.behave('status-500');
  t.equal((await switchyard.chat({ model: 'big' })).status, 200);
  two.behave('status-500');
  t.equal((await switchyard.chat({ model: 'big' })).status, 500);
  t.equal((await switchyard.chat({ model: 'big' })).status, 500);
  t.equal(two.posts.length, 2);
  t.match(JSON.stringify((await switchyard.trace()).notes), /the retry budget of the route is spent/);
});
