// Hooks of a gateway with several threads: what they see, and what is counted of it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { ask, chat, startThreads, threadOf } from './gateway.ts';

const lab = (baseUrl: string) => ({ use: 'openai-compatible', baseUrl, models: { m: 'm' } });
const messages = [{ role: 'user', content: 'write to jane@example.org' }];

/** Asks until each of the two threads has answered. @returns how many requests that took */
async function askBoth(url: string, seen: (status: number, text: string) => void): Promise<number> {
  const threads = new Set<boolean>();
  let count = 0;
  for (; threads.size < 2; count++) {
    const answer = await chat(url, { messages });
    threads.add(threadOf(answer) === '0');
    seen(answer.statusCode, await answer.body.text());
  }
  return count;
}

const counted = async (url: string, hook: string): Promise<Record<string, number>> => {
  const text = await (await ask(`${url}/metrics`)).body.text();
  const found = text.matchAll(
    new RegExp(`switchyard_hooks_total\\{hook="${hook}",outcome="(\\w+)"\\} (\\d+)`, 'g'),
  );
  return Object.fromEntries([...found].map(([, outcome, count]) => [outcome, Number(count)]));
};

t.test(
  'redact takes secrets out of the requests of all threads, and a reload changes it in all',
  async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const providers = { lab: lab(upstream.url) };
    const { url, write } = await startThreads(t, { providers, redact: { find: ['email'] } });
    const ok = (status: number): void => void t.equal(status, 200);
    const count = await askBoth(url, ok);
    t.equal(upstream.posts.length, count);
    for (const { body } of upstream.posts) t.match(body.toString(), /write to \[EMAIL_1\]/);
    t.same(await counted(url, 'redact'), { passed: 0, changed: count, refused: 0, failed: 0 });

    write({ providers, redact: { patterns: { verb: 'write' } } });
    t.equal((await ask(`${url}/config/reload`, { method: 'POST' })).statusCode, 200);
    const before = upstream.posts.length;
    await askBoth(url, ok);
    for (const { body } of upstream.posts.slice(before)) {
      t.match(body.toString(), /\[VERB_1\] to jane@example\.org/);
    }
  },
);

t.test('a guardrail is asked about the requests of all threads', async (t) => {
  const guard = createServer((request, response) =>
    request.resume().on('end', () => response.end('{"allow":false,"reason":"not today"}')),
  ).listen(0, '127.0.0.1');
  await once(guard, 'listening');
  t.teardown(() => {
    guard.close();
    guard.closeAllConnections();
  });
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const { url } = await startThreads(t, {
    providers: { lab: lab(upstream.url) },
    guardrail: { url: `http://127.0.0.1:${(guard.address() as AddressInfo).port}` },
  });
  const count = await askBoth(url, (status, text) =>
    t.match({ status, text }, { status: 400, text: /not today/ }),
  );
  t.equal(upstream.posts.length, 0);
  t.same(await counted(url, 'guardrail'), { passed: 0, changed: 0, refused: count, failed: 0 });
});

t.test('a hook that only the main thread has is refused at the start', async (t) => {
  const kit = new URL('../../../kits/feature-kit/index.ts', import.meta.url).href;
  const hooked = `import { addHook } from '${kit}';
    export default { name: 'hooked', inEachThread: false, options: { type: 'object', properties: {} },
      create(_options, host) { addHook(host, { name: 'hooked', onFailure: 'pass', request: () => undefined }); } };`;
  const started = startThreads(t, { providers: {} }, { 'hooked.mjs': hooked });
  await t.rejects(started, /server\.threads[^]*the hook of hooked does not work with several threads yet/);
});
