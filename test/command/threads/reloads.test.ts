// Many reloads of a gateway with several threads.
import { readdirSync } from 'node:fs';
import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, askBeside, json, spread, startThreads, streamBeside, threadOf } from './gateway.ts';

/** How many apps of features that were made by some reload are still there. */
const COUNTED = `
const all = [];
export default { name: 'counted', inEachThread: true, options: { type: 'object', properties: { nth: { type: 'integer' } } },
  create(_options, { app }) {
    all.push(new WeakRef(app));
    app.get('/counted', { config: { inEachThread: true } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
      return { alive: all.filter((one) => one.deref()).length };
    });
  } };`;

t.test('fifty reloads with streams under way leave nothing behind in any thread', async (t) => {
  const upstream = await startUpstream({ interval: 0, text: ['one ', 'two '] });
  t.teardown(() => upstream.close());
  const providers = { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } } };
  const { url, write, command } = await startThreads(t, { providers }, { 'counted.mjs': COUNTED }, [
    '--expose-gc',
  ]);
  const held = Promise.withResolvers<void>();
  t.teardown(() => held.resolve());
  upstream.behave('slow-finish', { until: held.promise });
  const { whole } = await streamBeside(url);
  upstream.behave('ok');
  const reload = async (from: number, to: number): Promise<void> => {
    for (let nth = from; nth < to; nth++) {
      write({ providers, counted: { nth }, redact: { patterns: { secret: `word-${nth}` } } });
      await json(`${url}/config/reload`, { method: 'POST' });
    }
  };
  const open = () => [
    readdirSync(`/proc/${command.child.pid}/fd`),
    readdirSync(`/proc/${command.child.pid}/task`),
  ];
  await reload(0, 5);
  await spread(url, 20);
  const [files = [], tasks = []] = open();
  await reload(5, 55);
  await spread(url, 20);
  const [filesAfter = [], tasksAfter = []] = open();
  t.ok(filesAfter.length <= files.length + 8, `${files.length} files, then ${filesAfter.length}`);
  t.ok(tasksAfter.length <= tasks.length + 1, `${tasks.length} threads, then ${tasksAfter.length}`);
  const counted = () => ask(`${url}/counted`);
  let main = await counted();
  while (threadOf(main) !== '0') main = await counted();
  for (const answer of [main, await askBeside(counted)]) {
    const { alive } = (await answer.body.json()) as { alive: number };
    t.ok(alive <= 4, `${alive} are there`);
  }
  held.resolve();
  t.match(await whole, /one [^]*two [^]*\[DONE\]/);
});
