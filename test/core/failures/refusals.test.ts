import t from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';
import { bytesFrom, errorOf, gatewayInFront, post, upstream } from '../../in-front.ts';
import { startTwo } from '../two-upstreams.ts';

const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

t.test('a client error is passed on unchanged and not retried', async (t) => {
  const { switchyard, one, two } = await startTwo(t);
  const body =
    '{ "error" : {"message":"Grüße, nein","type":"invalid_request_error","param":null,"code":null},"x":1.0}\n';
  const headers = {
    'x-request-id': 'req-of-one',
    'x-ratelimit-remaining-requests': '7',
    'openai-processing-ms': '3',
  };
  for (const code of [400, 401, 402, 404, 415, 422, 451]) {
    for (const stream of [true, false]) {
      one.behave('status', { code, body, headers, retryAfter: 3 });
      two.behave('status', { code, body, headers, retryAfter: 3 });
      const answer = await ask(switchyard, { stream });
      t.equal(answer.status, code);
      t.equal(answer.body.toString(), body);
      t.match(answer.headers, { ...headers, 'retry-after': '3', 'content-type': 'application/json' });
      t.match(answer.headers, { 'x-switchyard-attempts': '1' });
      t.match(await switchyard.trace('req-of-one'), {
        ending: 'refused',
        status: code,
        attempts: [{ outcome: 'answered' }],
      });
    }
  }
  t.equal(one.posts.length + two.posts.length, 14, 'each request was sent once');
});

t.test('a client error that is not JSON becomes JSON', async (t) => {
  const { switchyard, one, two } = await startTwo(t);
  for (const each of [one, two])
    each.behave('status', { code: 404, body: '<h1>Not\n Found</h1>', contentType: 'text/html' });
  const { status, headers, body } = await ask(switchyard);
  t.equal(status, 404, 'where no target has the path');
  t.match(headers, { 'content-type': /^application\/json/ });
  t.match(errorOf(body.toString()), {
    type: 'invalid_request_error',
    message: 'two answered 404: "<h1>Not Found</h1>"',
    code: 'upstream_status',
  });
});

t.test('a redirect is not followed: the error says that the base URL is wrong', async (t) => {
  const { switchyard, one } = await startTwo(t);
  one.behave('status', { code: 307, headers: { location: '/v1/' } });
  const { status, body } = await ask(switchyard);
  t.equal(status, 502);
  t.match(errorOf(body.toString()), {
    code: 'upstream_status',
    message: /one answered 307 to \/v1\/; its baseUrl/,
  });
});

t.test('when all targets have failed, the last refusal goes to the client unchanged', async (t) => {
  const { switchyard, one, two } = await startTwo(t);
  one.behave('status', { code: 500, body: { error: { message: 'first' } } });
  two.behave('status', {
    code: 503,
    body: '{"error":{"message":"second"} }',
    headers: { 'x-request-id': 'of-two' },
  });
  const { status, headers, body } = await ask(switchyard);
  t.equal(status, 503);
  t.equal(body.toString(), '{"error":{"message":"second"} }');
  t.match(headers, {
    'x-switchyard-attempts': '2',
    'x-switchyard-provider': 'two',
    'x-request-id': 'of-two',
  });
  t.match(await switchyard.trace(), { ending: 'refused', status: 503, error: 'two answered 503' });
  // A no that tells when to come back says most.
  one.behave('status', { code: 429, body: { error: { message: 'slow down' } }, retryAfter: 90 });
  t.match(await ask(switchyard), {
    status: 429,
    headers: { 'retry-after': '90', 'x-switchyard-provider': 'one' },
  });
});

t.test('when no target has answered, the client gets a JSON error with each failure', async (t) => {
  const { switchyard, one, two } = await startTwo(t);
  one.behave('rst-before-head');
  two.behave('empty-200');
  for (const stream of [true, false]) {
    const { status, headers, body } = await ask(switchyard, { stream });
    t.equal(status, 502);
    t.match(headers, {
      'content-type': 'application/json; charset=utf-8',
      'x-should-retry': 'false',
      'x-switchyard-attempts': '2',
      'x-switchyard-request-id': /^req_/,
    });
    t.strictSame(Object.keys(errorOf(body.toString())).sort(), ['code', 'message', 'param', 'type']);
    t.match(errorOf(body.toString()), {
      type: 'upstream_error',
      message: /^2 targets failed: one closed the connection without an answer.*; two /,
      param: null,
    });
    t.match(await switchyard.trace(), { ending: 'refused', status: 502, attempts: [{}, {}] });
  }
});

t.test('no target is tried twice, and no more are tried than retry.attempts allows', async (t) => {
  const names = ['one', 'two', 'three', 'four'];
  const upstreams = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await upstream(t, name)] as const)),
  );
  const failing = Object.values(upstreams);
  for (const [attempts, asked] of [
    [6, [1, 1, 1, 1]],
    [3, [1, 1, 1, 0]],
    [1, [1, 0, 0, 0]],
  ] as const) {
    const switchyard = await gatewayInFront(t, upstreams, { retry: { attempts } });
    for (const each of failing) each.behave('status-500');
    const { status, headers } = await ask(switchyard);
    t.equal(status, 500);
    t.equal(headers['x-switchyard-attempts'], String(asked.filter(Boolean).length));
    t.strictSame(
      failing.map(({ posts }) => posts.length),
      asked,
    );
    for (const each of failing) each.forget();
  }
});

t.test('by default a request does not fail before every target of its route was tried', async (t) => {
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
  const upstreams = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await upstream(t, name)] as const)),
  );
  const switchyard = await gatewayInFront(t, upstreams);
  for (const name of names.slice(0, -1)) upstreams[name]!.behave('status-500');
  t.match(await ask(switchyard), { status: 200, headers: { 'x-switchyard-attempts': '8' } });
});

t.test('without a retry budget only a healthy target is tried, and the trace says so', async (t) => {
  const { switchyard, one, two } = await startTwo(t, { retry: { budget: 0 } });
  one.behave('status-500');
  const { status, headers } = await ask(switchyard);
  t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-attempts': '2' } });
  two.behave('status-500');
  await ask(switchyard);
  t.match(await ask(switchyard), { status: 500, headers: { 'x-switchyard-attempts': '1' } });
  t.match(await switchyard.trace(), {
    attempts: [{}],
    notes: [{ remark: 'the retry budget of the route is spent' }],
  });
});

t.test('when everything fails, retries are no more than the budget and its reserve', async (t) => {
  const { switchyard, one, two } = await startTwo(t, { retry: { budget: 0.1 } });
  const began = performance.now();
  for (const each of [one, two]) each.behave('status-500');
  for (let asked = 0; asked < 60; asked++) t.equal((await ask(switchyard, { stream: false })).status, 500);
  const sent = one.posts.length + two.posts.length;
  const floor = (10 * (performance.now() - began)) / 1_000;
  t.ok(sent > 60 && sent <= 60 + 2 + 20 + 6 + floor, `60 requests became ${sent}`);
});

t.test('the total timeout is not spent twice: a request that reached it is not retried', async (t) => {
  const { switchyard, one, two } = await startTwo(t, { timeouts: { total: '200ms' } });
  one.behave('stall-before-head');
  const { status, body } = await ask(switchyard);
  t.equal(status, 504);
  t.match(errorOf(body.toString()), { code: 'total_timeout' });
  t.equal(await one.left(await one.seen(1, post)), 'before-head');
  t.equal(two.posts.length, 0);
});

t.test("one model's failures cost another model no retries, however quiet the gateway is", async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const targets = ['one', 'two'].map((provider) => ({ provider }));
  const models = { sick: 'sick', m: 'm' };
  const switchyard = await gatewayInFront(
    t,
    { one, two },
    {
      each: { models },
      models: Object.fromEntries(
        Object.keys(models).map((name) => [name, { targets, strategy: { use: 'priority' } }]),
      ),
      breaker: { failures: 1_000, minimum: 1_000, window: '1ms' },
    },
    { now: () => 0 },
  );
  const isSick = (request: Received): boolean => post(request) && request.fields()['model'] === 'sick';
  for (const each of [one, two]) each.behaveWhen(isSick, 'status-500');
  for (let asked = 0; asked < 60; asked++) t.equal((await switchyard.chat({ model: 'sick' })).status, 500);
  t.match(JSON.stringify((await switchyard.trace()).notes), /the retry budget of the route is spent/);
  one.behaveWhen(post, 'status-500');
  // More than any budget: the other one is well.
  for (let asked = 0; asked < 60; asked++) t.equal((await switchyard.chat({ model: 'm' })).status, 200);
});
