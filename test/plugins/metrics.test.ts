import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { opened, post } from '../in-front.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';
import { testFolder } from '../test-folder.ts';

type Labels = Record<string, string>;
interface Line {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** As Prometheus reads it; what it could not read fails the test. */
async function scrape(switchyard: Switchyard): Promise<Line[]> {
  const { status, headers, text } = await switchyard.ask('/metrics');
  if (status !== 200 || !headers['content-type']?.startsWith('text/plain; version=0.0.4'))
    throw new Error(`${status} ${text}`);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [line];
      const pairs = [...labels.matchAll(/(\w+)="((?:\\.|[^"\\])*)"/g)];
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, key, of]) => [key, of])),
        value: Number(value),
      };
    });
}

function sum(lines: readonly Line[], name: string, of: Labels = {}): number {
  return lines
    .filter((line) => line.name === name && Object.entries(of).every(([key, is]) => line.labels[key] === is))
    .reduce((all, { value }) => all + value, 0);
}

async function upstreams(t: Test, ...names: string[]): Promise<Upstream[]> {
  const made = await Promise.all(names.map((name) => startUpstream({ name, interval: 0 })));
  t.teardown(() => Promise.all(made.map((one) => one.close())));
  return made;
}

const provider = ({ url }: Upstream, more = {}) => ({
  use: 'openai-compatible',
  baseUrl: url,
  models: { m: 'own-m' },
  ...more,
});

t.test('its counts equal those of a client and the upstreams', async (t) => {
  const [one, two] = (await upstreams(t, 'one', 'two')) as [Upstream, Upstream];
  const switchyard = await startSwitchyard(t, {
    strategy: { use: 'round-robin' },
    breaker: { failures: 1000 },
    retry: { budget: 1 },
    providers: { one: provider(one), two: provider(two) },
    models: { routed: { targets: [{ provider: 'one' }, { provider: 'two', model: 'own-m' }] } },
  });
  const seen: Record<string, number> = {};
  const count = ({ status }: { status: number }): void => {
    const key = `${Math.floor(status / 100)}xx`;
    seen[key] = (seen[key] ?? 0) + 1;
  };
  for (let at = 0; at < 20; at++) count(await switchyard.chat({ stream: at % 2 === 0 }));
  for (let at = 0; at < 6; at++) count(await switchyard.chat({ model: 'routed' }));
  one.behave('status-500');
  for (let at = 0; at < 10; at++) count(await switchyard.chat({ stream: true }));
  two.behave('status-400');
  for (let at = 0; at < 5; at++) count(await switchyard.chat());
  two.behave('cut-after-content');
  const cut = await switchyard.chat({ stream: true }, {});
  count(cut);
  count(await switchyard.chat({ model: 'a name that a client made up' }));
  const lines = await scrape(switchyard);

  const total = Object.values(seen).reduce((all, times) => all + times, 0);
  t.equal(sum(lines, 'switchyard_requests_total'), total);
  for (const [status, times] of Object.entries(seen))
    t.equal(sum(lines, 'switchyard_requests_total', { status }), times, status);
  t.equal(sum(lines, 'switchyard_requests_total', { route: 'routed', ending: 'complete' }), 6);
  for (const name of ['request_seconds_count', 'request_overhead_seconds_count'])
    t.equal(sum(lines, `switchyard_${name}`), total, name);

  for (const [name, upstream] of Object.entries({ one, two })) {
    t.equal(sum(lines, 'switchyard_attempts_total', { provider: name }), upstream.posts.length, name);
    t.equal(sum(lines, 'switchyard_attempt_seconds_count', { provider: name }), upstream.posts.length);
    t.equal(sum(lines, 'switchyard_picks_total', { provider: name }), upstream.posts.length);
    t.equal(sum(lines, 'switchyard_attempts_total', { target: `${name}/own-m` }) > 0, true);
  }
  const failed = { provider: 'one', outcome: 'failed', reason: 'upstream_status' };
  t.ok(sum(lines, 'switchyard_attempts_total', failed) > 0);
  t.ok(sum(lines, 'switchyard_attempts_total', { provider: 'two', reason: 'stream_cut' }) > 0, cut.text);
  const share = sum(lines, 'switchyard_target_share', { route: '*', provider: 'one' });
  t.ok(Math.abs(sum(lines, 'switchyard_target_share', { route: '*' }) - 1) < 1e-9 && share > 0);
  t.equal(
    lines.find(
      ({ name, labels }) => name === 'switchyard_request_overhead_seconds_bucket' && labels.le === '+Inf',
    ) !== undefined,
    true,
  );
  t.notMatch(JSON.stringify(lines), 'made up', 'a made-up name is no label');
});

t.test('outcomes of hedges equal what the upstreams have counted', async (t) => {
  const [one, two] = (await upstreams(t, 'one', 'two')) as [Upstream, Upstream];
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 1000 },
    retry: { budget: 1, again: 0 },
    hedge: { enabled: true, share: 1, minimum: 5, quantile: 0.5 },
    providers: { one: provider(one), two: provider(two) },
    models: {
      m: {
        strategy: { use: 'priority' },
        targets: [
          { provider: 'one', model: 'own-m' },
          { provider: 'two', model: 'own-m', priority: 1 },
        ],
      },
    },
  });
  const ask = (): ReturnType<Switchyard['chat']> => switchyard.chat({ stream: true });
  const results = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await scrape(switchyard))
        .filter(({ name }) => name === 'switchyard_hedges_total')
        .map(({ labels, value }) => [labels.result, value]),
    );
  t.strictSame(await results(), { won: 0, lost: 0, failed: 0, left: 0, unsent: 0 });
  // What is usual here takes so little that chance makes some of these late, too.
  for (let nth = 0; nth < 8; nth++) await ask();
  const before = await results();

  for (let nth = 0; nth < 3; nth++) {
    one.behaveOnce('slow-first-byte', { delay: 3_000 });
    await ask();
  }
  for (let nth = 0; nth < 2; nth++) {
    one.behaveOnce('slow-content', { delay: 400 });
    two.behaveOnce('slow-first-byte', { delay: 3_000 });
    await ask();
  }
  one.behaveOnce('slow-first-byte', { delay: 400 });
  two.behaveOnce('status', { code: 503 });
  await ask();
  for (const each of [one, two]) each.behave('slow-first-byte', { delay: 3_000 });
  const [disconnect, asked] = [new AbortController(), two.posts.length];
  const answer = opened(switchyard, {}, disconnect.signal).catch(() => undefined);
  await two.seen(asked + 1, post);
  disconnect.abort();
  await answer;
  let after = await results();
  while (after.left === before.left) after = await results();
  const since = Object.entries(after).map(([result, count]) => [result, count - (before[result] as number)]);
  t.strictSame(Object.fromEntries(since), { won: 3, lost: 2, failed: 1, left: 1, unsent: 0 });
  const sent = Object.entries(after).filter(([result]) => result !== 'unsent');
  t.equal(
    sent.reduce((all, [, count]) => all + count, 0),
    two.posts.length,
    'each of them, and nothing else, went there',
  );
  t.equal(one.posts.length, 8 + 7);
});

t.test('first content, wait and overhead have metrics of their own', async (t) => {
  const [one] = (await upstreams(t, 'one')) as [Upstream];
  const switchyard = await startSwitchyard(t, { providers: { one: provider(one, { concurrency: 1 }) } });
  one.behave('slow-content', { delay: 80 });
  const answers = [switchyard.chat({ stream: true }), switchyard.chat({ stream: true })];
  await one.seen(1);
  for (
    let turn = 0;
    turn < 100 && switchyard.gateway.upstreams.get('one')?.concurrency?.waiting !== 1;
    turn++
  )
    await new Promise(setImmediate);
  const during = await scrape(switchyard);
  t.equal(sum(during, 'switchyard_inflight', { provider: 'one' }), 1);
  t.equal(sum(during, 'switchyard_waiting', { provider: 'one' }), 1);
  t.equal(sum(during, 'switchyard_concurrency', { provider: 'one' }), 1);
  await Promise.all(answers);
  const lines = await scrape(switchyard);
  t.equal(sum(lines, 'switchyard_waiting'), 0);
  t.equal(sum(lines, 'switchyard_request_first_content_seconds_count'), 2);
  t.ok(
    sum(lines, 'switchyard_request_first_content_seconds_sum') >= 0.24,
    '80 ms, and 160 for the one that waited',
  );
  // However slow the machine is: the line belongs to the request, not to the target.
  const [request, attempt] = ['request', 'attempt'].map((what) =>
    sum(lines, `switchyard_${what}_first_content_seconds_sum`),
  );
  t.ok(request! - attempt! >= 0.07, 'a target is not blamed for the line');
  t.equal(sum(lines, 'switchyard_request_waited_seconds_count'), 1);
  t.ok(sum(lines, 'switchyard_request_waited_seconds_sum') >= 0.07);
  t.ok(sum(lines, 'switchyard_request_overhead_seconds_sum') < request! / 2);
  t.ok(sum(lines, 'switchyard_event_loop_delay_seconds', { quantile: '1' }) < 5);
  t.ok(sum(lines, 'process_resident_memory_bytes') > 1e6);
  t.ok(Math.abs(sum(lines, 'process_start_time_seconds') - Date.now() / 1000) < 600);
});

t.test('the longest silence of each stream is measured, and the tokens of an answer', async (t) => {
  const [one] = (await upstreams(t, 'one')) as [Upstream];
  const switchyard = await startSwitchyard(t, { providers: { one: provider(one) } });
  one.behaveOnce('slow-deltas', { delay: 150 });
  await switchyard.chat({ stream: true, stream_options: { include_usage: true } });
  const { attempts, usage } = await switchyard.trace();
  t.ok(attempts[0].gap >= 120, `${attempts[0].gap} ms`);
  t.ok(usage.prompt > 0 && usage.completion > 0 && usage.total === usage.prompt + usage.completion);
  await switchyard.chat();
  const lines = await scrape(switchyard);
  t.equal(sum(lines, 'switchyard_attempt_gap_seconds_count'), 1, 'of streams only');
  t.ok(sum(lines, 'switchyard_attempt_gap_seconds_sum') >= 0.12);
});

t.test('blocks, local processes and refused requests have metrics', async (t) => {
  const [one] = (await upstreams(t, 'one')) as [Upstream];
  const program = `require('http').createServer((_, r) => r.end('{}')).listen(process.env.PORT, '127.0.0.1')`;
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    unknownModels: 'reject',
    providers: {
      one: provider(one),
      local: {
        use: 'process',
        command: [process.execPath, '-e', program],
        env: { PORT: '{port}' },
        probe: { path: '/' },
        models: { l: 'l' },
        start: 'manual',
      },
    },
  });
  const upstream = switchyard.gateway.upstreams.get('one')!;
  upstream.target('own-m').block('quota', performance.now() + 60_000, 'it asked for it');
  const state = async () =>
    (await scrape(switchyard)).find(
      ({ name, labels }) => name === 'switchyard_process_state' && labels.provider === 'local',
    )?.labels.state;
  t.equal(await state(), 'stopped');
  await switchyard.gateway.upstreams.get('local')!.process!.start('a test');
  t.equal(await state(), 'healthy');
  t.equal((await switchyard.chat({ model: 'unknown model' })).status, 404);
  t.equal((await switchyard.ask('/v1/chat/completions', { body: '{' })).status, 400);
  const lines = await scrape(switchyard);
  const out = { target: 'one/own-m', reason: 'quota' };
  t.equal(sum(lines, 'switchyard_target_blocked', out), 1);
  t.equal(sum(lines, 'switchyard_process_restarts_total', { provider: 'local' }), 0);
  t.equal(sum(lines, 'switchyard_turned_away_total', { code: 'model_not_found' }), 1);
  t.equal(sum(lines, 'switchyard_turned_away_total', { code: 'invalid_json' }), 1);
  t.equal(sum(lines, 'switchyard_requests_total'), 0);
});
