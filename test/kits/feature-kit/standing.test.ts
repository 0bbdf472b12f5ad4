import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { freePort } from '../../command.ts';
import { run } from '../../command/run.ts';
import { startSwitchyard, type Switchyard, type Parsed } from '../../switchyard.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';
import { testFolder } from '../../test-folder.ts';

async function upstream(t: Test): Promise<Upstream> {
  const started = await startUpstream({ name: 'one', interval: 0 });
  t.teardown(() => started.close());
  return started;
}

async function switchyardOf(
  t: Test,
  provider: Record<string, unknown>,
  config: Record<string, unknown> = {},
) {
  const one = { use: 'openai-compatible', models: { m: 'own-m' }, ...provider };
  return startSwitchyard(t, { home: testFolder(t, {}), retry: { again: 0 }, providers: { one }, ...config });
}

const named = (all: readonly Parsed[], name: string): Parsed => all.find((one) => one.name === name);

/** The last whole second that the events tell of. */
async function tick(switchyard: Switchyard): Promise<Parsed> {
  const gone = new AbortController();
  const response = await fetch(`${switchyard.url}/events`, { signal: gone.signal });
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const found = /event: tick\ndata: (.*)\n\n/.exec(text);
    if (!found) continue;
    gone.abort();
    return JSON.parse(found[1] as string);
  }
  throw new Error('the events have ended');
}

/** What each surface says of a provider's state; the dashboard reads `/providers` and `/events`. */
async function toldOf(switchyard: Switchyard, name = 'one'): Promise<Record<string, unknown>> {
  const health = await switchyard.ask('/health');
  const { providers } = (await switchyard.ask('/providers')).json();
  const metrics = (await switchyard.ask('/metrics')).text;
  const { services } = (await switchyard.ask('/config')).json().service_registry;
  return {
    health: named(health.json().providers, name).state,
    providers: named(providers, name).state,
    one: (await switchyard.ask(`/providers/${name}`)).json().state,
    metrics: new RegExp(`switchyard_provider_state\\{provider="${name}",state="(\\w+)"\\} 1`).exec(
      metrics,
    )?.[1],
    events: (await tick(switchyard)).providers[name].state,
    statuses: [...new Set([named(providers, name).status, services[name].status])].join(),
  };
}

const everywhere = (state: string, status: string) => ({
  health: state,
  providers: state,
  one: state,
  metrics: state,
  events: state,
  statuses: status,
});

const status = async (switchyard: Switchyard) =>
  (await run(['status'], { env: { SWITCHYARD_URL: switchyard.url } })).stdout;

t.test('a provider that was never reached is not healthy, on any surface', async (t) => {
  const switchyard = await switchyardOf(t, { baseUrl: (await upstream(t)).url });
  t.strictSame(await toldOf(switchyard), everywhere('unknown', 'unknown'));
  t.match((await switchyard.ask('/health')).json(), { healthy_providers: 0, total_providers: 1 });
  t.equal((await switchyard.ask('/health')).status, 200, 'it may be asked');
  await switchyard.chat();
  t.strictSame(await toldOf(switchyard), everywhere('available', 'healthy'));
  t.match((await switchyard.ask('/health')).json(), { healthy_providers: 1, total_providers: 1 });
});

t.test('a dead provider is unhealthy on every surface, and so is a gateway without another', async (t) => {
  const port = await freePort();
  const switchyard = await switchyardOf(t, { baseUrl: `http://127.0.0.1:${port}/v1` });
  t.equal((await switchyard.chat()).status, 502);
  t.strictSame(await toldOf(switchyard), everywhere('blocked', 'unhealthy'));
  const health = await switchyard.ask('/health');
  t.equal(health.status, 503);
  t.match(health.json(), { status: 'unhealthy', healthy_providers: 0 });
  t.match(named(health.json().providers, 'one').message, /could not be reached/);
  t.match(await status(switchyard), /^gateway\tunhealthy.*^providers\t0 of 1 are healthy/ms);
  t.equal((await switchyard.ask('/health/ready')).status, 503);
  t.equal((await switchyard.ask('/health/live')).status, 200);
});

t.test('a dead provider is found by the check for its models, before any request', async (t) => {
  const port = await freePort();
  const switchyard = await switchyardOf(t, { baseUrl: `http://127.0.0.1:${port}/v1`, models: undefined });
  while ((await switchyard.ask('/providers/one')).json().state === 'unknown') await sleep(5);
  t.strictSame(await toldOf(switchyard), everywhere('blocked', 'unhealthy'));
  t.match(
    named((await switchyard.ask('/health')).json().providers, 'one').message,
    /could not be reached.*baseUrl/,
  );
  t.equal((await switchyard.ask('/health')).status, 503);
});

t.test('a provider after its pause, without an answer since, is not healthy yet', async (t) => {
  let now = 1_800_000_000_000;
  const one = await upstream(t);
  const switchyard = await startSwitchyard(
    t,
    {
      retry: { again: 0 },
      breaker: { failures: 1, look: 0 },
      providers: { one: { use: 'openai-compatible', baseUrl: one.url, models: { m: 'own-m' } } },
    },
    { now: () => now },
  );
  await switchyard.chat();
  one.behave('status-500');
  now += 1_000;
  await switchyard.chat();
  t.match(await toldOf(switchyard), { health: 'blocked', providers: 'blocked' });
  now += 3_600_000;
  t.strictSame(await toldOf(switchyard), everywhere('unhealthy', 'unhealthy'));
  t.match(
    named((await switchyard.ask('/health')).json().providers, 'one').message,
    /its last requests failed/,
  );
  one.behave('ok');
  await switchyard.chat();
  t.strictSame(await toldOf(switchyard), everywhere('available', 'healthy'));
});

t.test(
  'a failing model does not make a provider unhealthy while another of its models answers',
  async (t) => {
    const one = await upstream(t);
    const switchyard = await switchyardOf(t, { baseUrl: one.url, models: { m: 'own-m', n: 'own-n' } });
    await switchyard.chat({ model: 'n' });
    switchyard.gateway.upstreams.get('one')!.target('own-m').stats.begun++;
    switchyard.gateway.upstreams
      .get('one')!
      .target('own-m')
      .block('quota', performance.now() + 60_000, 'used up');
    t.strictSame(await toldOf(switchyard), everywhere('available', 'healthy'));
  },
);

t.test('the last resort counts only where it is used', async (t) => {
  const switchyard = await switchyardOf(t, { baseUrl: (await upstream(t)).url });
  await switchyard.chat();
  const {
    providers,
    provider_stats: stats,
    total_providers: total,
  } = (await switchyard.ask('/health')).json();
  t.match(named(providers, 'embedded'), { inService: false });
  t.match({ total, ...stats }, { total: 1, healthy_services: 1, unhealthy_services: 0 });
  t.notMatch(await status(switchyard), /embedded/);
  const alone = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: { embedded: { start: 'manual' } },
  });
  t.match(named((await alone.ask('/health')).json().providers, 'embedded'), { inService: true });
  t.equal((await alone.ask('/health')).json().total_providers, 1);
});

t.test('live and ready need no key and take any host name, and they give the status alone', async (t) => {
  const { url } = await upstream(t);
  for (const server of [{}, { apiKeys: ['caller-key-1'] }, { adminKeys: ['admin-key-1'] }]) {
    const switchyard = await switchyardOf(t, { baseUrl: url }, { server });
    for (const headers of [{}, { host: '10.1.2.3:7999' }]) {
      const [live, ready] = [
        await switchyard.ask('/health/live', { headers }),
        await switchyard.ask('/health/ready', { headers }),
      ];
      t.strictSame([live.status, live.json()], [200, { status: 'live' }]);
      t.strictSame([ready.status, ready.json()], [200, { status: 'ready' }]);
    }
    t.equal((await switchyard.ask('/health/ready', { method: 'HEAD' })).status, 200);
    if ('apiKeys' in server) t.equal((await switchyard.ask('/health')).status, 401);
    if (Object.keys(server).length > 0) continue;
    const page = { host: 'evil.example.com', origin: 'https://evil.example.com' };
    t.equal((await switchyard.ask('/health/live', { headers: page })).status, 403, 'no page from elsewhere');
    t.equal((await switchyard.ask('/health', { headers: { host: 'evil.example.com' } })).status, 403);
  }
});
