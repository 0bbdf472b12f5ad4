import t from 'tap';
import { local, start } from './managed.ts';
import { post } from './post.ts';

t.test('health counts what can be served: a program started by hand only does not count', async (t) => {
  const providers = { mine: { ...local, models: { l: 'l' } }, embedded: { enabled: false } };
  const [switchyard] = await start(t, { providers });
  const health = async () => (await switchyard.ask('/health')).status;
  t.equal(await health(), 503);
  await post(switchyard, '/providers/mine/start');
  t.equal(await health(), 200);
  await post(switchyard, '/providers/mine/stop');
  t.equal(await health(), 503);
});

t.test('a provider that cannot answer has a message with the remedy, and no secret', async (t) => {
  const words = `console.error('the pass is', process.env.PASS, ${JSON.stringify('x'.repeat(900))}); process.exit(3)`;
  const [switchyard] = await start(t, {
    providers: {
      mine: { ...local, models: { l: 'l' } },
      broken: {
        ...local,
        command: [process.execPath, '-e', words],
        secrets: { PASS: 'planted-pass' },
        models: { b: 'b' },
      },
      far: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { f: 'f' } },
      embedded: { enabled: false },
    },
  });
  await post(switchyard, '/providers/broken/start');
  const asked = { untilMs: performance.now() + 60_000, detail: 'it answered 429 and asked for 60 s' };
  switchyard.gateway.upstreams.get('far')!.blocks.set('quota', asked);
  const health = await switchyard.ask('/health');
  t.equal(health.status, 503);
  t.notMatch(health.text, 'planted-pass');
  const { providers } = health.json() as { providers: { name: string; message?: string }[] };
  const of = (name: string) => providers.find((one) => one.name === name)?.message ?? '';
  t.equal(of('mine'), 'stopped: not started yet; switchyard start mine');
  t.match(
    of('broken'),
    /^backoff: broken exited with code 3; last lines: the pass is \*\*\*.*; look at switchyard logs broken$/,
  );
  t.ok(of('broken').length < 300, 'short');
  t.match(of('far'), /^it answered 429 and asked for 60 s; it is asked again at 20\d\d-/);
  t.match(of('grok2api'), /set providers\.grok2api\.secrets\.SSO/);
  for (const { name, message } of providers) t.ok(message, name);

  const { process: its, blocks } = switchyard.gateway.upstreams.get('mine')!;
  await post(switchyard, '/providers/mine/start');
  t.equal(its!.state, 'healthy');
  blocks.set('quota', asked);
  const again = (await switchyard.ask('/health')).json().providers as typeof providers;
  t.match(
    again.find(({ name }) => name === 'mine')?.message,
    /^it answered 429 and asked for 60 s; it is asked again at/,
  );
  blocks.delete('quota');
  const well = (await switchyard.ask('/health')).json().providers as typeof providers;
  t.equal(well.find(({ name }) => name === 'mine')?.message, undefined, 'nothing is wrong with it');
});
