/** A request that goes through a peer is at two gateways, and counts once. */
import t from 'tap';
import { noPostgres, postgresServer } from '../../postgres.ts';
import { noRedis, redisServer } from '../../redis.ts';
import { run } from '../../command/run.ts';
import { pair, until, type Pair } from './fleet.ts';

type Gateway = Pair['asker'];
const timeout = 180_000;

t.test('each gateway tells where a request came from, and where it went on to', async (t) => {
  const { asker, owner, upstream } = await pair(t, {
    owner: { retry: { again: 0, budget: 0 } },
    asker: { retry: { again: 1, budget: 1 }, breaker: { failures: 100, minimum: 100 } },
  });
  upstream.behaveOnce('status-500');
  t.equal((await asker.chat()).status, 200);
  const here = await asker.trace();
  t.match(
    here.attempts.map(({ peer }: { peer: unknown }) => peer),
    [
      { id: here.id, url: owner.url },
      { id: `${here.id}.2`, url: owner.url },
    ],
  );
  t.notOk('from' in here);
  for (const id of [here.id, `${here.id}.2`]) {
    const there = await owner.trace(id);
    t.match(there, { id, from: 'laptop', attempts: [{ target: 'lab/m' }] });
    t.notOk('peer' in there.attempts[0]);
  }
  const why = async (of: Gateway, id: string) => (await run(['why', id, '--url', of.url])).stdout;
  t.match(await why(asker, here.id), `box is a peer, where it has the id ${here.id}.2: switchyard why`);
  t.match(await why(owner, `${here.id}.2`), `it came from the peer laptop, where it has the id ${here.id}\n`);
});

t.test('gateways that share a list have it there once', { skip: noPostgres, timeout }, async (t) => {
  const { url } = await postgresServer(t);
  const of = (node: string) => ({ history: {}, store: { use: 'postgres', url }, shared: { node } });
  const { asker, owner } = await pair(t, { asker: of('asker'), owner: of('owner') });
  const COUNT = 12;
  for (let nth = 0; nth < COUNT; nth++) t.equal((await asker.chat()).status, 200);
  const list = async (at: Gateway, query: string) => (await at.ask(`/requests?${query}`)).json();
  const nodes = async (at: Gateway, query = 'limit=100') =>
    (await list(at, query)).data.map(({ node }: { node: string }) => node) as string[];
  for (const at of [asker, owner]) {
    await until(async () => (await nodes(at)).join() === Array(COUNT).fill('asker').join());
    for (const limit of [1, 5, 11]) {
      const ids: string[] = [];
      for (let before = ''; ;) {
        const page = await list(at, `limit=${limit}&before=${before}`);
        ids.push(...page.data.map(({ id }: { id: string }) => id));
        if (page.next === null) break;
        before = page.next;
      }
      t.equal(ids.length, COUNT, `pages of ${limit}`);
      t.equal(new Set(ids).size, COUNT);
    }
  }
  t.same(
    await nodes(asker, 'provider=lab'),
    Array(COUNT).fill('owner'),
    'what a filter finds at the peer alone',
  );
  const { id } = (await list(asker, 'limit=1')).data[0];
  t.match((await asker.ask(`/requests/${id}`)).json(), { node: 'asker', attempts: [{ target: 'box/m' }] });
  t.match((await owner.ask(`/requests/${id}`)).json(), { node: 'owner', from: 'laptop' });
});

t.test('a limit that both share counts it once', { skip: noRedis, timeout }, async (t) => {
  const { url } = await redisServer(t);
  const limits = {
    all: { requests: { hour: 100 } },
    model: { per: ['model'], requests: { hour: 100 }, concurrency: 10 },
    peer: { where: { key: 'peer laptop' }, requests: { hour: 100 } },
    provider: { per: ['provider'], requests: { hour: 100 } },
  };
  const of = (node: string) => ({ shared: { use: 'redis', url, node }, auth: { limits } });
  const { asker, owner } = await pair(t, { asker: of('asker'), owner: of('owner') });
  for (let nth = 0; nth < 4; nth++) t.equal((await asker.chat()).status, 200);
  t.equal((await owner.chat()).status, 200, 'what comes from elsewhere counts there');
  const used = async (at: Gateway) => {
    const { data } = (await at.ask('/limits')).json() as { data: Limit[] };
    const all = data.flatMap(({ name, used: bounds }) =>
      bounds
        .filter(({ limit }) => limit === 'requests')
        .map((bound) => [`${name} ${Object.values(bound.of).join()}`, bound.used] as const),
    );
    return Object.fromEntries(all) as Record<string, number>;
  };
  // 4 through the peer and 1 that came to it; what names the caller or the provider means another one at each.
  const counted = { 'all ': 5, 'model m': 5, 'peer ': 4, 'provider lab': 5 };
  await until(async () =>
    Object.entries(await used(owner)).every(
      ([name, count]) => count >= (counted as Record<string, number>)[name]!,
    ),
  );
  t.same(await used(owner), counted);
  t.equal((await used(asker))['provider box'], 4);
});

interface Limit {
  readonly name: string;
  readonly used: readonly { readonly limit: string; readonly of: object; readonly used: number }[];
}
