// Limits, keys and figures under a thousand requests at once: fail-overs and leavers among them.
import t, { type Test } from 'tap';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';
import { ask, json, startThreads } from './gateway.ts';

const ADMIN = { authorization: 'Bearer a-key-of-admins' };
const CALLER = { authorization: 'Bearer a-key-of-callers' };

interface Counted {
  readonly data: readonly { readonly used: readonly { readonly counted: string; readonly used: number }[] }[];
}

async function begin(t: Test, threads: number, limits: object) {
  const [bad, good] = await Promise.all([startUpstream({ interval: 0 }), startUpstream({ interval: 0 })]);
  t.teardown(() => Promise.all([bad.close(), good.close()]));
  bad.behave('status-500');
  const lab = ({ url }: Upstream) => ({ use: 'openai-compatible', baseUrl: url, models: { m: 'm' } });
  const { url } = await startThreads(t, {
    server: { threads, apiKeys: ['a-key-of-callers'], adminKeys: ['a-key-of-admins'] },
    auth: { limits: { all: limits } },
    breaker: { failures: 1_000_000, minimum: 1_000_000 },
    retry: { budget: 1 },
    strategy: { use: 'round-robin' },
    providers: { bad: lab(bad), good: lab(good) },
  });
  return { url, bad, good };
}

/** @returns how many requests had each status; those that leave count as `left` */
async function storm(
  url: string,
  count: number,
  leaves: (nth: number) => boolean,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const add = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const one = async (nth: number): Promise<void> => {
    const gone = new AbortController();
    const asked = ask(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...CALLER, 'content-type': 'application/json' },
      body: '{"model":"m","messages":[]}',
      signal: gone.signal,
    });
    if (leaves(nth)) setTimeout(() => gone.abort(), nth % 40);
    await asked.then(
      async ({ statusCode, body }) => {
        add(String(statusCode));
        await body.dump().catch(() => undefined);
      },
      () => add('left'),
    );
  };
  await Promise.all(Array.from({ length: count }, (_, nth) => one(nth)));
  return counts;
}

const usedOf = async (url: string): Promise<number | undefined> =>
  (await json<Counted>(`${url}/limits`, { headers: ADMIN })).data[0]?.used[0]?.used;

for (const threads of [2, 4])
  t.test(
    `${threads} threads: exactly as many requests as the limit has, whatever becomes of them`,
    async (t) => {
      const { url, bad, good } = await begin(t, threads, { requests: { day: 400 } });
      const counts = await storm(url, 1_000, (nth) => nth % 10 === 0);
      const of = (what: string): number => counts.get(what) ?? 0;
      t.equal(of('200') + of('429') + of('left'), 1_000, JSON.stringify([...counts]));
      t.ok(of('200') <= 400 && of('200') + of('left') >= 400);
      t.equal(await usedOf(url), 400);
      t.ok(bad.posts.length > 50, `${bad.posts.length} fail-overs`);
      t.ok(good.posts.length <= 400);
      const metrics = await (await ask(`${url}/metrics`, { headers: ADMIN })).body.text();
      t.match(metrics, /^switchyard_inflight\{provider="good"\} 0$/m);
      t.match(metrics, /^switchyard_inflight\{provider="bad"\} 0$/m);
      const complete = metrics.match(/^switchyard_requests_total\{.*ending="complete".*\} (\d+)$/m)?.[1];
      t.equal(Number(complete), of('200'));
    },
  );

t.test('no more run at once than the limit has, and none is held afterwards', async (t) => {
  const { url, bad, good } = await begin(t, 4, { concurrency: 30 });
  for (const one of [bad, good]) one.behave('slow-first-byte', { delay: 20 });
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, bad.active + good.active)), 1);
  const counts = await storm(url, 1_000, (nth) => nth % 5 === 0);
  clearInterval(watching);
  t.ok(most <= 30, `${most} at once`);
  t.ok((counts.get('200') ?? 0) >= 30, JSON.stringify([...counts]));
  while ((await usedOf(url)) !== 0);
  const again = await storm(url, 20, () => false);
  t.same(again, new Map([['200', 20]]));
});

t.test('a key that is revoked now has no request left in any thread, whatever its state', async (t) => {
  const { url, good } = await begin(t, 3, { requests: { day: 100_000 } });
  const held = Promise.withResolvers<void>();
  t.teardown(() => held.resolve());
  good.behave('slow-finish', { until: held.promise });
  const headers = { ...ADMIN, 'content-type': 'application/json' };
  const { key } = await json<{ key: string }>(`${url}/keys`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'app', limits: { concurrency: 1_000 } }),
  });
  const ends: string[] = [];
  const one = async (): Promise<void> => {
    const { statusCode, body } = await ask(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"model":"m","messages":[],"stream":true}',
    });
    const text = await body.text();
    ends.push(`${statusCode} ${/"code":"(\w+)"/.exec(text)?.[1]}`);
  };
  const all = Array.from({ length: 150 }, one);
  await good.seen(20);
  // Some run by now, and some are just beginning.
  await json(`${url}/keys/app/revoke`, { method: 'POST', headers, body: '{"now":true}' });
  await Promise.all(all);
  t.same(new Set(ends), new Set(['200 key_revoked', '401 key_revoked']), 'each was told so');
  t.ok(ends.filter((end) => end.startsWith('200')).length >= 10);
  await good.quiet();
});
