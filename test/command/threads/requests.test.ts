// Several threads from outside: clients and operators see one gateway.
import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, chat, json, spread, startThreads } from './gateway.ts';

const lab = (baseUrl: string, more: object = {}) => ({
  use: 'openai-compatible',
  baseUrl,
  models: { m: 'm' },
  ...more,
});

t.test(
  'each thread answers, and what is asked of the gateway itself shows the requests of all',
  async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const { url } = await startThreads(t, { providers: { lab: lab(upstream.url) } });
    const all = await spread(url, 40);
    t.same([...new Set(all.map(({ status }) => status))], [200]);
    t.same(
      [...new Set(all.map(({ thread }) => thread === '0'))].sort(),
      [false, true],
      'both threads answer',
    );

    for (let time = 0; time < 6; time++) {
      const { data } = await json<{ data: { status: number; target: string }[] }>(
        `${url}/requests?limit=100`,
      );
      t.equal(data.length, 40, 'every thread shows all requests');
      t.ok(data.every(({ status, target }) => status === 200 && target === 'lab/m'));
    }
    const metrics = await (await ask(`${url}/metrics`)).body.text();
    t.match(
      metrics,
      /switchyard_requests_total\{surface="chat",route="\*",ending="complete",status="2xx"\} 40\n/,
    );
    t.match(metrics, /switchyard_inflight\{provider="lab"\} 0\n/);
    const { providers } = await json<{ providers: { name: string; targets: { inflight: number }[] }[] }>(
      `${url}/providers`,
    );
    t.ok(providers.find(({ name }) => name === 'lab')?.targets.every(({ inflight }) => inflight === 0));
  },
);

t.test(
  'a request that runs is shown, and one that is refused is counted, whichever thread it came to',
  async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const { url } = await startThreads(t, { providers: { lab: lab(upstream.url) } });
    upstream.behave('slow-first-byte', { until: new Promise(() => undefined) });
    const gone = new AbortController();
    const running = Array.from({ length: 12 }, () =>
      ask(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"model":"m","messages":[]}',
        signal: gone.signal,
      }).catch((error: Error) => error.name),
    );
    await upstream.seen(12);
    const { data } = await json<{ data: { ending: string | null }[] }>(`${url}/requests`);
    t.equal(data.filter(({ ending }) => ending === null).length, 12);
    const shown = await json<{ use?: unknown; targets: { target: string; inflight: number }[] }>(
      `${url}/providers/lab`,
    );
    t.equal(shown.targets.find(({ target }) => target === 'lab/m')?.inflight, 12);
    gone.abort();
    t.same(new Set(await Promise.all(running)), new Set(['AbortError']));
    await upstream.quiet();
    for (let left = 0; left < 12;) {
      const { data: ended } = await json<{ data: { ending: string }[] }>(`${url}/requests?ending=left`);
      left = ended.length;
    }
    const bad = Array.from({ length: 12 }, () => chat(url, { model: 1 }));
    for (const answer of await Promise.all(bad)) {
      t.equal(answer.statusCode, 400);
      t.match(await answer.body.json(), { error: { code: 'invalid_request' } });
    }
    const metrics = await (await ask(`${url}/metrics`)).body.text();
    t.match(metrics, /switchyard_turned_away_total\{code="invalid_request"\} 12\n/);
  },
);

t.test('long bodies and answers pass between threads as they are', async (t) => {
  const upstream = await startUpstream({
    interval: 0,
    models: Array.from({ length: 20_000 }, (_, at) => `model-${at}`),
  });
  t.teardown(() => upstream.close());
  const { url } = await startThreads(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url } },
  });
  for (let time = 0; time < 8; time++) {
    const { data } = await json<{ data: unknown[] }>(`${url}/v1/models`);
    t.equal(data.length, 20_000);
  }
});
