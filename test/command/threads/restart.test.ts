// A restart of a gateway with several threads: no connection is lost, and no stream.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, chat, json, spread, startThreads, threadOf } from './gateway.ts';

const text = Array.from({ length: 20 }, (_, at) => `${at} `);

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

t.test('a new process takes the sockets of all threads; streams of the old one end whole', async (t) => {
  const upstream = await startUpstream({ interval: 0, text });
  t.teardown(() => upstream.close());
  const { url, command } = await startThreads(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } } },
  });
  const held = Promise.withResolvers<void>();
  upstream.behave('slow-finish', { until: held.promise });
  const streams = await Promise.all(Array.from({ length: 12 }, () => chat(url, { stream: true })));
  t.equal(new Set(streams.map((one) => threadOf(one) === '0')).size, 2);
  const texts = streams.map(({ body }) => body.text());
  upstream.behave('ok');

  const exited = once(command.child, 'exit');
  const over = new AbortController();
  const statuses = new Map<number, number>();
  const load = Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted) {
      const { statusCode, body } = await chat(url);
      await body.dump();
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    }
  });
  const { pid } = await json<{ pid: number }>(`${url}/restart`, { method: 'POST' });
  t.teardown(async () => {
    if (lives(pid)) process.kill(pid, 'SIGKILL');
    while (lives(pid)) await sleep(20);
  });
  t.not(pid, command.child.pid);
  await spread(url, 20);
  over.abort();
  await Promise.all(load);
  t.same([...statuses.keys()], [200], 'every request on a connection of its own was answered');
  held.resolve();
  for (const one of await Promise.all(texts)) t.match(one, /19 [^]*\[DONE\]/);
  // Its output is the successor's, too, and stays open.
  t.same(await exited, [0, null]);

  const all = await spread(url, 30);
  t.same(new Set(all.map(({ status }) => status)), new Set([200]));
  t.equal(new Set(all.map(({ thread }) => thread === '0')).size, 2, 'the new process has all threads');
  await (await ask(`${url}/health`)).body.dump();
});
