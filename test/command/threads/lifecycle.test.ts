// A config that changes, and the end.
import { once } from 'node:events';
import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, askBeside, chat, json, spread, startThreads, threadOf } from './gateway.ts';

const lab = (baseUrl: string, more: object = {}) => ({
  use: 'openai-compatible',
  baseUrl,
  models: { m: 'm' },
  ...more,
});
const text = Array.from({ length: 20 }, (_, at) => `${at} `);

t.test('a change of the config, and one by the API, hold in all threads; streams go on', async (t) => {
  const upstream = await startUpstream({ interval: 0, text });
  const other = await startUpstream({ interval: 0, name: 'other' });
  t.teardown(() => Promise.all([upstream.close(), other.close()]));
  const { url, write, command } = await startThreads(t, { providers: { lab: lab(upstream.url) } });
  const held = Promise.withResolvers<void>();
  upstream.behave('slow-finish', { until: held.promise });
  const stream = await askBeside(async () => chat(url, { stream: true }));
  const whole = stream.body.text();
  upstream.behave('ok');
  write({ providers: { lab: lab(other.url) } });
  while (!/was reloaded/.test(command.stderr)) await once(command.child.stderr!, 'data');
  const before = upstream.posts.length;
  const all = await spread(url, 30);
  t.equal(new Set(all.map(({ thread }) => thread === '0')).size, 2);
  t.same(new Set(all.map(({ status }) => status)), new Set([200]));
  t.equal(upstream.posts.length, before, 'all are sent by the new config');
  held.resolve();
  t.match(await whole, /19 [^]*\[DONE\]/);

  const put = await ask(`${url}/config/load-balancing`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"strategy":"random"}',
  });
  t.equal(put.statusCode, 200, await put.body.text());
  await spread(url, 12);
  const { data } = await json<{ data: { id: string }[] }>(`${url}/requests?limit=12`);
  for (const { id } of data) {
    const trace = await json<{ strategy: string }>(`${url}/requests/${id}`);
    t.equal(trace.strategy, 'random');
  }
});

t.test('SIGTERM: running answers of all threads end whole, and the process ends', async (t) => {
  const upstream = await startUpstream({ interval: 0, text });
  t.teardown(() => upstream.close());
  const { url, command } = await startThreads(t, { providers: { lab: lab(upstream.url) } });
  const held = Promise.withResolvers<void>();
  upstream.behave('slow-finish', { until: held.promise });
  const streams = await Promise.all(Array.from({ length: 12 }, () => chat(url, { stream: true })));
  t.equal(new Set(streams.map((one) => threadOf(one) === '0')).size, 2);
  const texts = streams.map(({ body }) => body.text());
  command.child.kill('SIGTERM');
  while (!/running answers have/.test(command.stderr)) await once(command.child.stderr!, 'data');
  held.resolve();
  for (const one of await Promise.all(texts)) t.match(one, /19 [^]*\[DONE\]/);
  t.same(await command.ended, { code: 0, signal: null });
});

t.test('what does not work with several threads is refused at the start', async (t) => {
  const refused: [object, RegExp][] = [
    [{ peers: { other: { url: 'http://127.0.0.1:9' } } }, /server\.threads[^]*does not work with peers yet/],
    [{ shared: { use: 'redis', url: 'redis://127.0.0.1:9' } }, /server\.threads: shared\.use/],
    [{ traces: { capture: { enabled: true } } }, /server\.threads: traces\.capture does not work/],
  ];
  for (const [config, said] of refused) {
    const started = startThreads(t, config as Record<string, unknown>);
    await t.rejects(started, said);
  }
});
