// Settings of a gateway with several threads: what is in force in one is in force in all, whatever the files say by now.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, bringDown, chat, json, spread, startThreads, streamBeside, threadOf } from './gateway.ts';

const lab = (baseUrl: string, more: object = {}) => ({
  use: 'openai-compatible',
  baseUrl,
  models: { m: 'm' },
  ...more,
});

const post = (url: string, body?: unknown) =>
  ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

/** Both threads answer, and with the strategy that is in force. */
async function agree(t: Test, url: string, strategy: string): Promise<void> {
  const threads = new Set<boolean>();
  while (threads.size < 2) {
    const answer = await chat(url);
    t.equal(answer.statusCode, 200);
    await answer.body.dump();
    threads.add(threadOf(answer) === '0');
    const trace = await json<{ strategy: string }>(
      `${url}/requests/${String(answer.headers['x-switchyard-request-id'])}`,
    );
    t.equal(trace.strategy, strategy);
  }
}

t.test('a config that cannot be loaded changes no thread, and keeps none from coming back', async (t) => {
  const upstream = await startUpstream({ interval: 0, apiKey: 'a-key-of-the-lab' });
  t.teardown(() => upstream.close());
  const providers = { lab: lab(upstream.url, { apiKey: '${file:key}' }) };
  const strategy = { use: 'least-connections' };
  const gateway = await startThreads(t, { strategy, providers }, { key: 'a-key-of-the-lab' });
  const { url, command } = gateway;
  const file = join(gateway.folder, 'switchyard.json');
  writeFileSync(file, '{ "strategy": ');
  writeFileSync(join(gateway.folder, 'key'), 'a-wrong-key');
  t.equal((await post(`${url}/config/reload`)).statusCode, 409);
  await agree(t, url, 'least-connections');

  await (await post(`${url}/config/load-balancing`, { strategy: 'random' })).body.dump();
  t.notMatch(command.stderr, /is replaced/);
  await agree(t, url, 'random');

  await bringDown('throw', gateway);
  await agree(t, url, 'random');
  t.notMatch(command.stderr, /did not start/);
});

t.test('what changes while a thread starts holds in it', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const gateway = await startThreads(t, { providers: { lab: lab(upstream.url) } });
  const { url } = gateway;
  await bringDown('throw', gateway);
  await (await post(`${url}/config/load-balancing`, { strategy: 'random' })).body.dump();
  await agree(t, url, 'random');
});

t.test('a thread that cannot follow is replaced at once, and its streams end whole', async (t) => {
  const upstream = await startUpstream({ interval: 0, text: ['one ', 'two '] });
  t.teardown(() => upstream.close());
  const stubborn = `
    import { existsSync, writeFileSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    const once = new URL('once', import.meta.url);
    export default { name: 'stubborn', inEachThread: true, options: { type: 'object', properties: { nth: { type: 'integer' } } },
      create({ nth = 0 }) {
        if (isMainThread || nth === 0 || existsSync(once)) return;
        writeFileSync(once, '');
        throw new Error('not this time');
      } };`;
  const providers = { lab: lab(upstream.url) };
  const { url, write, command } = await startThreads(t, { providers }, { 'stubborn.mjs': stubborn });
  const held = Promise.withResolvers<void>();
  t.teardown(() => held.resolve());
  upstream.behave('slow-finish', { until: held.promise });
  const { whole } = await streamBeside(url);
  upstream.behave('ok');
  write({ providers, stubborn: { nth: 1 } });
  await post(`${url}/config/reload`).catch(() => undefined);
  // What waits in the queue of the socket that closes is lost.
  const running = async (): Promise<number> =>
    (await json<{ threads: { running: number } }>(`${url}/health`).catch(() => undefined))?.threads.running ??
    0;
  while (!/thread 1 is replaced: [^]*not this time/.test(command.stderr)) await running();
  while ((await running()) < 2);
  const all = await spread(url, 30);
  t.equal(new Set(all.map(({ thread }) => thread === '0')).size, 2, 'another one answers beside it');
  held.resolve();
  t.match(await whole, /one [^]*two [^]*\[DONE\]/);
});
