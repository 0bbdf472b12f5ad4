import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import { startUpstream, type Upstream } from '../../../upstream/upstream.ts';
import { testFolder } from '../../../test-folder.ts';

async function pair(
  t: Test,
  config: Record<string, unknown> = {},
): Promise<[Switchyard, Upstream, Upstream]> {
  const made = await Promise.all(['one', 'two'].map((name) => startUpstream({ name, interval: 0 })));
  t.teardown(() => Promise.all(made.map((one) => one.close())));
  const [one, two] = made as [Upstream, Upstream];
  const provider = ({ url }: Upstream) => ({
    use: 'openai-compatible',
    baseUrl: url,
    concurrency: 1,
    models: { m: 'm' },
  });
  const providers = { one: provider(one), two: provider(two) };
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    strategy: { use: 'round-robin' },
    providers,
    ...config,
  });
  return [switchyard, one, two];
}

const route = async (switchyard: Switchyard, query: string) =>
  (await switchyard.ask(`/route?${query}`)).json();

t.test('it names the pick of the next request, however often it is called', async (t) => {
  for (const use of ['round-robin', 'weighted-round-robin', 'priority']) {
    const within = use === 'priority' ? { within: { use: 'round-robin' } } : {};
    const [switchyard, one, two] = await pair(t, { strategy: { use, ...within } });
    for (let turn = 0; turn < 4; turn++) {
      const told = [await route(switchyard, 'model=m'), await route(switchyard, 'model=m')];
      const { headers } = await switchyard.chat();
      for (const { pick, strategy } of told) {
        t.equal(pick, `${headers['x-switchyard-provider']}/m`, `${use} ${turn}`);
        t.equal(strategy, use);
      }
    }
    t.equal(one.posts.length + two.posts.length, 4, 'nothing is sent');
    t.ok(one.posts.length > 0 && two.posts.length > 0);
  }
});

t.test('a blocked target has its reason, and what a request would wait for or get', async (t) => {
  const [switchyard, one] = await pair(t);
  const [first, second] = ['one', 'two'].map((name) => switchyard.gateway.upstreams.get(name)!.target('m'));
  const until = performance.now() + 60_000;
  first!.block('quota', until, 'it asked for a minute');
  const out = { quota: { until: /^20\d\d-/, detail: 'it asked for a minute' } };
  t.match(await route(switchyard, 'model=m'), {
    model: 'm',
    surface: 'chat',
    route: '*',
    candidates: [
      { target: 'one/m', provider: 'one', out, full: false },
      { target: 'two/m', out: {} },
    ],
    pick: 'two/m',
    remarks: [],
  });
  t.match(await route(switchyard, 'model=m&provider=one'), {
    provider: 'one',
    pick: null,
    error: { code: 'upstream_busy', status: 429, message: /it asked for a minute/ },
  });
  second!.concurrency!.acquire();
  t.match(await route(switchyard, 'model=m'), { pick: null, waits: 'a free slot at two' });
  t.equal(second!.concurrency!.waiting, 0, 'no request waits for it');
  second!.concurrency!.release();
  t.equal(one.posts.length, 0);
});

t.test('a sleeping program is not started', async (t) => {
  const local = {
    use: 'process',
    command: [process.execPath, '-e', ''],
    models: { l: 'l' },
  };
  const [switchyard] = await pair(t, {
    providers: {
      lazy: { ...local, start: 'on-demand' },
      byHand: { ...local, start: 'manual', models: { h: 'h' } },
    },
  });
  const timers = timersIn(t);
  t.match(await route(switchyard, 'model=l'), { pick: null, waits: 'lazy to be ready (it is stopped)' });
  t.match(await route(switchyard, 'model=h'), {
    pick: null,
    error: { code: 'provider_unavailable', status: 503 },
  });
  for (const name of ['lazy', 'byHand'])
    t.equal(switchyard.gateway.upstreams.get(name)!.process!.state, 'stopped');
  t.strictSame(timers, [], 'no timer is set for it');
});

/** Warnings of timers that were set to no time. */
function timersIn(t: Test): string[] {
  const seen: string[] = [];
  const listener = ({ name }: Error): void => void (name.startsWith('Timeout') && seen.push(name));
  process.on('warning', listener);
  t.teardown(() => void process.off('warning', listener));
  return seen;
}

t.test('an invalid query is refused as everywhere', async (t) => {
  const [switchyard] = await pair(t, { unknownModels: 'reject' });
  for (const [query, status, code] of [
    ['', 400, 'invalid_request'],
    ['model=m&surface=nothing', 400, 'invalid_request'],
    ['model=m&modle=x', 400, 'invalid_request'],
    ['model=unknown', 404, 'model_not_found'],
    ['model=m&provider=unknown', 404, 'provider_not_found'],
  ] as const) {
    const answer = await switchyard.ask(`/route?${query}`);
    t.equal(answer.status, status, query);
    t.match(answer.json(), { error: { code, message: String, type: 'invalid_request_error' } });
  }
});

t.test('a request for an explanation gets the trace in a header, others do not', async (t) => {
  const [switchyard, one, two] = await pair(t);
  const explained = { headers: { 'x-switchyard-explain': '1' } };
  one.behaveOnce('status-503');
  const { headers } = await switchyard.chat({ stream: true }, explained);
  t.match(
    headers['x-switchyard-trace'],
    /^route=\*; strategy=round-robin; try=one\/m:upstream_status:503:\d+ms; answer=two\/m$/,
  );
  t.notHas((await switchyard.chat()).headers, 'x-switchyard-trace');
  one.behave('status-503');
  two.behave('status-503');
  const refused = await switchyard.chat({}, explained);
  t.match(refused.headers['x-switchyard-trace'], /try=\w+\/m:upstream_status:503:\d+ms; try=\w+\/m[^;]*$/);
  t.notMatch(
    JSON.stringify(one.posts.map((post) => post.headers)),
    'x-switchyard',
    'upstreams do not see it',
  );
});

t.test('a trace says how long it waited and what the gateway itself took', async (t) => {
  const [switchyard, one, two] = await pair(t);
  one.behave('slow-first-byte', { delay: 60 });
  two.behave('slow-first-byte', { delay: 60 });
  const answers = await Promise.all([1, 2, 3].map(() => switchyard.chat()));
  const traces = await Promise.all(
    answers.map(({ headers }) => switchyard.trace(headers['x-switchyard-request-id'] as string)),
  );
  const [last] = traces.sort((a, b) => b.ms - a.ms);
  t.ok(last.waited >= 40, `waited ${last.waited}`);
  for (const { ms, waited, overhead } of traces) t.ok(overhead >= 0 && overhead < ms - waited);
});
