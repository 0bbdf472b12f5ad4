import t from 'tap';
import { folder, keeping, until, upstream } from './keep.ts';

t.test('statistics equal what a client has counted, before a restart and after it', async (t) => {
  const home = await folder(t);
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const both = { one, two: { url: two.url } };
  const config = {
    models: {
      both: {
        targets: [
          { provider: 'one', model: 'm' },
          { provider: 'two', model: 'm' },
        ],
      },
    },
  };
  const switchyard = await keeping(t, home, { one, two }, config);
  const at = { one: '?provider=one', two: '?provider=two' };
  const counted = { requests: 0, errors: 0, prompt: 0, completion: 0 };
  const times: number[] = [];
  const ask = async (body: object, path = '', delay = 0): Promise<void> => {
    one.behave(delay > 0 ? 'slow-first-byte' : 'ok', { delay });
    const began = performance.now();
    const answer = await switchyard.ask(`/v1/chat/completions${path}`, {
      body: { model: 'm', messages: [], ...body },
    });
    counted.requests++;
    if (answer.status !== 200) counted.errors++;
    else times.push(performance.now() - began);
    const { usage } = answer.status === 200 ? answer.json() : {};
    counted.prompt += usage?.prompt_tokens ?? 0;
    counted.completion += usage?.completion_tokens ?? 0;
  };
  for (let turn = 0; turn < 20; turn++) await ask({}, at.one, turn < 2 ? 200 : 40);
  for (let turn = 0; turn < 5; turn++) await ask({ model: 'other' }, at.two);
  two.behave('status', { code: 422 });
  for (let turn = 0; turn < 3; turn++) await ask({}, at.two);
  // It would be passed over for a moment.
  for (const target of switchyard.gateway.upstreams.get('two')!.all()) target.unblock('quota');
  two.behave('status-500');
  for (let turn = 0; turn < 4; turn++) await ask({ model: 'both' });
  two.behave('cut-after-content');
  t.match((await switchyard.chat({ stream: true }, {})).status, 200);
  const cut = await switchyard.ask(`/v1/chat/completions${at.two}`, {
    body: { model: 'm', stream: true, messages: [] },
  });
  t.match(cut.text, 'stream_cut');
  await two.close();
  await ask({}, at.two);

  const statistics = async (on: typeof switchyard, query: string) =>
    (await on.ask(`/statistics?${query}`)).json();
  const now = await statistics(switchyard, 'range=15m');
  const streams = {
    requests: 2,
    cut: now.errors.find(({ kind }: { kind: string }) => kind === 'stream_cut')?.count,
  };
  t.ok(streams.cut === 1 || streams.cut === 2, 'the first stream went to either');
  // A whole stream is counted, too, though its caller did not ask.
  if (streams.cut === 1) {
    counted.prompt += 11;
    counted.completion += 8;
  }
  t.match(now.totals, {
    requests: counted.requests + streams.requests,
    errors: counted.errors + streams.cut,
    left: 0,
  });
  const { prompt, completion, estimated } = now.totals;
  t.equal(prompt + completion - estimated, counted.prompt + counted.completion);
  t.ok(estimated > 0, 'what came of the stream that was cut');
  const kinds = Object.fromEntries(
    now.errors.map(({ kind, count }: { kind: string; count: number }) => [kind, count]),
  );
  t.match(kinds, { upstream_status: 3, upstream_refused: 1 });
  t.equal(now.series.length, 15);
  for (const name of ['requests', 'errors', 'prompt', 'completion'])
    t.equal(
      now.series.reduce((sum: number, step: Record<string, number>) => sum + step[name]!, 0),
      now.totals[name],
      name,
    );
  const [first, second] = ['one', 'two'].map((name) =>
    now.providers.find(({ provider }: { provider: string }) => provider === name),
  );
  t.ok(
    first.requests >= 24 && first.errors === 0,
    '20 asked of it, four that it took over, perhaps the stream',
  );
  t.match(second, { errors: Number, requests: Number });
  t.equal(now.models.find(({ model }: { model: string }) => model === 'other').requests, 5);
  t.ok(now.totals.retried >= 1 && now.totals.retried <= 4);
  const exact = times.toSorted((a, b) => a - b);
  const p50 = exact[Math.ceil(exact.length / 2) - 1]!;
  t.ok(
    now.totals.p50 <= p50 * 1.05 && now.totals.p50 >= 20,
    `${now.totals.p50} for ${p50}, seen by the client`,
  );
  t.ok(now.totals.p99 >= 190, 'two of them took 200 ms');
  t.match(now.history, { ok: true, reason: null, lost: 0 });
  t.equal((await statistics(switchyard, 'range=1h&provider=ONE')).providers.length, 1);
  t.equal((await statistics(switchyard, 'range=6h&model=other')).totals.requests, 5);
  t.match(await switchyard.ask('/statistics?range=2h'), { status: 400 });

  await switchyard.close();
  const again = await keeping(t, home, both, config);
  for (const range of ['15m', '1h', '24h', '7d', '30d']) {
    const told = await statistics(again, `range=${range}`);
    t.strictSame(told.totals, now.totals, range);
    t.strictSame(told.errors, now.errors);
  }
});

t.test("a process's state changes and uptime survive restarts", async (t) => {
  const home = await folder(t);
  // A program runs in the folder of its config.
  t.testdir();
  const program = `
    require('http').createServer((_, response) => response.end('{}')).listen(process.env.PORT, '127.0.0.1')`;
  const config = {
    providers: {
      mine: {
        use: 'process',
        command: [process.execPath, '-e', program],
        env: { PORT: '{port}' },
        start: 'manual',
        models: { own: 'own' },
      },
    },
  };
  const switchyard = await keeping(t, home, {}, config);
  const states = async (on: typeof switchyard): Promise<string[]> =>
    (await on.ask('/providers/MINE/history')).json().data.map(({ state }: { state: string }) => state);
  await switchyard.ask('/providers/mine/start', { method: 'POST' });
  await until(async () => (await states(switchyard))[0] === 'healthy', 'it is healthy');
  const uptime = async () => (await switchyard.ask('/statistics')).json().providers[0]?.uptime;
  await until(async () => (await uptime()) > 0, 'it was seen up');
  t.ok((await uptime()) <= 1);
  await switchyard.ask('/providers/mine/stop', { method: 'POST' });
  const before = await states(switchyard);
  t.strictSame(before.slice(0, 2), ['stopped', 'stopping']);
  t.ok(before.includes('starting'));
  await switchyard.close();
  const again = await keeping(t, home, {}, config);
  const after = await states(again);
  t.strictSame(after.slice(-before.length), before);
  t.equal((await again.ask('/providers/mine/history?limit=2')).json().data.length, 2);
  t.equal((await again.ask('/providers/unknown/history')).status, 404);
});

t.test('without history the latest hour is available, and nothing is written', async (t) => {
  const home = await folder(t);
  const one = await upstream(t);
  const switchyard = await keeping(t, home, { one }, { history: { enabled: false } });
  await switchyard.chat();
  t.match((await switchyard.ask('/statistics')).json(), {
    totals: { requests: 1, errors: 0 },
    history: { ok: false, reason: /history.enabled is false/ },
  });
  t.equal((await switchyard.ask('/requests')).json().data.length, 1);
});
