// A cache of a gateway with several threads.
import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, chat, json, spread, startThreads, threadOf } from './gateway.ts';

const lab = (baseUrl: string) => ({ use: 'openai-compatible', baseUrl, models: { m: 'm' } });
const messages = [{ role: 'user', content: 'write to jane@example.org' }];

for (const store of ['memory', 'disk'])
  t.test(`an answer that one thread has kept is found by all (${store})`, async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const config = { providers: { lab: lab(upstream.url) }, redact: { find: ['email'] } };
    const { url, write } = await startThreads(t, { ...config, cache: { enabled: true, store } });
    const counts = { hit: 0, miss: 0 };
    const hitBoth = async (): Promise<void> => {
      for (const threads = new Set<boolean>(); threads.size < 2;) {
        const answer = await chat(url, { messages });
        t.equal(answer.statusCode, 200);
        await answer.body.dump();
        const what = answer.headers['x-switchyard-cache'] as 'hit' | 'miss';
        counts[what]++;
        if (what === 'hit') threads.add(threadOf(answer) === '0');
      }
    };
    await hitBoth();
    t.equal(upstream.posts.length, counts.miss);
    t.match(await json(`${url}/cache`), {
      entries: 1,
      hits: counts.hit,
      misses: counts.miss,
      stored: counts.miss,
    });
    const metrics = await (await ask(`${url}/metrics`)).body.text();
    t.match(metrics, new RegExp(`^switchyard_cache_hits_total ${counts.hit}$`, 'm'));

    t.same(await json(`${url}/cache`, { method: 'DELETE' }), { removed: 1 });
    const before = upstream.posts.length;
    await hitBoth();
    t.ok(upstream.posts.length > before, 'no thread has what was removed');

    write({ ...config, cache: { enabled: true, store, largest: '32KiB' } });
    await (await ask(`${url}/config/reload`, { method: 'POST' })).body.dump();
    await hitBoth();
    write({ ...config, cache: { enabled: false } });
    await (await ask(`${url}/config/reload`, { method: 'POST' })).body.dump();
    const off = upstream.posts.length;
    for (const { status } of await spread(url, 12)) t.equal(status, 200);
    t.equal(upstream.posts.length, off + 12, 'no thread keeps any');
  });

t.test('what keeps answers in the main thread alone is refused at the start', async (t) => {
  const kit = new URL('../../../kits/feature-kit/index.ts', import.meta.url).href;
  const keeper = `import { addKeeper } from '${kit}';
    export default { name: 'keeper', inEachThread: false, options: { type: 'object', properties: {} },
      create(_options, host) { addKeeper(host, async (context, sink) => ({ context, sink })); } };`;
  const started = startThreads(t, { providers: {} }, { 'keeper.mjs': keeper });
  await t.rejects(started, /server\.threads[^]*the hook of a cache of answers does not work/);
});
