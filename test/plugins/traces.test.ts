import t from 'tap';
import type { Trace } from '../switchyard.ts';
import { bytesFrom, errorOf, gatewayInFront, upstream } from '../in-front.ts';

t.test('a trace has its candidates, its attempts with their times, and its ending', async (t) => {
  const one = await upstream(t, 'one');
  const two = await upstream(t, 'two');
  const switchyard = await gatewayInFront(t, { one, two });
  one.behave('status-503', { headers: { 'x-request-id': 'of-one' } });
  two.behave('slow-content', { delay: 30 });
  const { headers, body } = await bytesFrom(`${switchyard.url}/v1`, 'chat');
  const trace: Trace = await switchyard.trace();
  t.strictSame(Object.keys(trace), [
    'id',
    'time',
    'surface',
    'model',
    'stream',
    'key',
    'route',
    'strategy',
    'candidates',
    'notes',
    'attempts',
    'commit',
    'ending',
    'status',
    'ms',
    'waited',
    'overhead',
    'bytes',
    'usage',
    'node',
  ]);
  t.match(trace, {
    id: headers['x-switchyard-request-id'],
    surface: 'chat',
    model: 'm',
    stream: true,
    route: 'm',
    strategy: 'round-robin',
    candidates: [{ target: 'one/m' }, { target: 'two/m' }],
    notes: [],
    ending: 'complete',
    status: 200,
    bytes: body.length,
  });
  t.ok(Math.abs(Date.parse(trace.time) - Date.now()) < 10_000);
  const [failed, answered] = trace.attempts;
  t.match(failed, {
    target: 'one/m',
    provider: 'one',
    model: 'm',
    outcome: 'failed',
    reason: 'upstream_status',
    message: 'one answered 503',
    status: 503,
    upstreamId: 'of-one',
  });
  t.notHas(failed, 'firstContent');
  t.match(answered, { target: 'two/m', outcome: 'answered', status: 200 });
  t.ok(answered.bytes > body.length, 'the event that counts its tokens was asked for by the gateway');
  const times = [
    failed.started,
    failed.connected,
    failed.head,
    failed.ended,
    answered.started,
    answered.connected,
    answered.head,
    answered.firstContent,
  ];
  t.strictSame(
    times,
    times.toSorted((a, b) => a - b),
    'one thing after the other',
  );
  t.ok(answered.firstContent - answered.head >= 20);
  t.ok(trace.commit >= answered.firstContent && trace.commit <= trace.ms);
  t.ok(
    times.every((ms) => ms === Math.round(ms * 10) / 10),
    'to the tenth of a ms',
  );
});

t.test("a request is found by our id and by each upstream's own", async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  one.behaveOnce('status-400', { headers: { 'x-request-id': 'theirs-1' } });
  const first = await bytesFrom(`${switchyard.url}/v1`, 'chat');
  const second = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false });
  t.equal(first.headers['x-request-id'], 'theirs-1');
  const ours = String(first.headers['x-switchyard-request-id']);
  t.match(ours, /^req_[0-9a-z]+$/);
  for (const id of ['theirs-1', ours])
    t.match(await switchyard.trace(id), { id: ours, status: 400, ending: 'refused' });
  t.equal(
    second.headers['x-request-id'],
    second.headers['x-switchyard-request-id'],
    'where an upstream gave none, ours',
  );
  t.match(await switchyard.trace(String(second.headers['x-request-id'])), { status: 200, stream: false });
  const unknown = await switchyard.ask('/requests/unknown');
  t.equal(unknown.status, 404);
  t.match(errorOf(unknown.text), {
    code: 'request_not_found',
    message: /^no request 'unknown' is kept; the latest 1000 are in memory \(traces.keep\)/,
  });
});

t.test('the latest are kept, newest first, and no more than traces.keep', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { traces: { keep: 3 } });
  t.strictSame((await switchyard.ask('/requests')).json(), {
    object: 'list',
    data: [],
    next: null,
    problem: null,
  });
  const ids: string[] = [];
  for (let count = 1; count <= 7; count++) {
    const { headers } = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false });
    ids.unshift(String(headers['x-switchyard-request-id']));
    const { data } = (await switchyard.ask('/requests')).json();
    t.strictSame(
      data.map(({ id }: Trace) => id),
      ids.slice(0, 3),
      `after ${count}`,
    );
  }
  t.equal((await switchyard.ask('/requests?limit=2')).json().data.length, 2);
  t.equal((await switchyard.ask(`/requests/${ids[3]}`)).status, 404);
});

t.test('with traces.keep 0 nothing is kept', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { traces: { keep: 0 } });
  t.match(await bytesFrom(`${switchyard.url}/v1`, 'chat'), { status: 200 });
  t.strictSame((await switchyard.ask('/requests')).json().data, []);
});

t.test('an unknown filter of the list is refused', async (t) => {
  const switchyard = await gatewayInFront(t, { one: await upstream(t, 'one') });
  for (const [query, param] of [
    ['limit=0', 'limit'],
    ['limit=x', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=-1', 'limit'],
    ['modle=m', 'modle'],
    ['status=6xx', 'status'],
    ['status=many', 'status'],
    ['ending=good', 'ending'],
    ['since=yesterday', 'since'],
    ['model=m&model=n', 'model'],
  ] as const) {
    const { status, text } = await switchyard.ask(`/requests?${query}`);
    t.equal(status, 400, query);
    t.match(errorOf(text), { code: 'invalid_request', param });
  }
});

t.test('two gateways in one process keep their own traces', async (t) => {
  const one = await upstream(t, 'one');
  const [switchyard, other] = [await gatewayInFront(t, { one }), await gatewayInFront(t, { one })];
  await bytesFrom(`${switchyard.url}/v1`, 'chat');
  t.equal((await switchyard.ask('/requests')).json().data.length, 1);
  t.equal((await other.ask('/requests')).json().data.length, 0);
});

t.test('a request without an available target has a trace too; an invalid request has none', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one });
  await one.close();
  t.match(await bytesFrom(`${switchyard.url}/v1`, 'chat'), { status: 502 });
  const trace = await switchyard.trace();
  t.match(trace, {
    ending: 'refused',
    status: 502,
    error: /^one could not be reached/,
    attempts: [{ reason: 'upstream_refused' }],
  });
  t.notHas(trace, 'commit');
  t.equal((await switchyard.ask('/v1/chat/completions', { body: '{"model":' })).status, 400);
  t.equal((await switchyard.ask('/requests')).json().data.length, 1);
});
