import t, { type Test } from 'tap';
import type { Received } from '../../upstream/received.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';
import { openKeyed, type Keyed } from './keyed.ts';

/** the beginning of a minute */
const NOW = 1_800_003_600_000;
/** ms that a busy machine may take for all of them */
const PATIENCE_MS = 200_000;
const COUNT = 1_000;
const isPost = ({ method }: Received): boolean => method === 'POST';

interface Burst extends Keyed {
  readonly one: Upstream;
  readonly two: Upstream;
  /** Asks that often at once, and every tenth leaves once the first are under way. @returns the statuses; 0: it left */
  run(after: number, key: string, body?: Record<string, unknown>): Promise<number[]>;
}

/** Two upstreams, of which the first fails every other request. */
async function openBurst(t: Test, auth: object): Promise<Burst> {
  const [one, two] = [
    await startUpstream({ name: 'one', interval: 0, callerTimeout: PATIENCE_MS }),
    await startUpstream({ name: 'two', interval: 0, callerTimeout: PATIENCE_MS }),
  ];
  t.teardown(() => Promise.all([one.close(), two.close()]));
  const of = ({ url }: Upstream) => ({
    use: 'openai-compatible',
    baseUrl: url,
    apiKey: 'k',
    models: { m: 'm' },
  });
  const keyed = await openKeyed(t, {
    injected: { date: () => NOW },
    config: {
      retry: { budget: 1 },
      providers: { one: of(one), two: of(two) },
      models: {
        m: {
          strategy: { use: 'priority' },
          targets: [{ provider: 'one' }, { provider: 'two', priority: 1 }],
        },
      },
      auth,
    },
  });
  const run: Burst['run'] = async (after, key, body = {}) => {
    const release = Promise.withResolvers<void>();
    for (const upstream of [one, two]) upstream.behave('slow-first-byte', { until: release.promise });
    one.behaveWhen((request) => Number(request.fields()['user']) % 2 === 1, 'status-500');
    const leave = new AbortController();
    const asked = Array.from({ length: COUNT }, (_, nth) =>
      keyed
        .chat(
          key,
          { user: String(nth), stream: nth % 3 === 0, ...body },
          nth % 10 === 0 ? { signal: leave.signal } : {},
        )
        .then(
          ({ status }) => status,
          () => 0,
        ),
    );
    await one.seen(after, isPost);
    leave.abort();
    release.resolve();
    return Promise.all(asked);
  };
  return { ...keyed, one, two, run };
}

const postsOf = ({ requests }: Upstream): number => requests.filter(isPost).length;
const count = (statuses: readonly number[], status: number): number =>
  statuses.filter((one) => one === status).length;

t.test(
  'a limit of each provider is passed by exactly as many attempts, those of failed and left requests among them',
  { timeout: 300_000 },
  async (t) => {
    const limits = { each: { per: ['provider'], requests: { minute: 60 } } };
    const { make, run, one, two } = await openBurst(t, { limits });
    const statuses = await run(60, await make('app'));
    t.equal(postsOf(one), 60);
    t.equal(postsOf(two), 60);
    t.ok(
      statuses.every((status) => [0, 200, 429, 500].includes(status)),
      `${[...new Set(statuses)]}`,
    );
    t.ok(count(statuses, 200) <= 120);
  },
);

t.test(
  'money for a hundred requests is enough for exactly a hundred at once',
  { timeout: 300_000 },
  async (t) => {
    const { make, run, one, two } = await openBurst(t, {
      prices: {
        'one/*': { input: 0, output: 0 },
        'two/*': { input: 0, output: 1_000_000 },
      },
    });
    // What the first provider answers is free, and the second reserves 8 dollars.
    const key = await make('app', { limits: { dollars: { total: 800 } } });
    const statuses = await run(COUNT, key, { max_tokens: 8 });
    t.equal(postsOf(one), COUNT);
    t.equal(postsOf(two), 100);
    t.equal(count(statuses, 500) + count(statuses, 429) + count(statuses, 200) + count(statuses, 0), COUNT);
  },
);
