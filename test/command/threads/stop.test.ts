// The end of a gateway with several threads: in order, at once, and of one that has a thread which does nothing more.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { chat, startThreads, threadOf } from './gateway.ts';

/** Streams of both threads whose ends are held. */
async function streaming(t: Test, server: object) {
  const upstream = await startUpstream({ interval: 0, text: ['one ', 'two '] });
  t.teardown(() => upstream.close());
  const gateway = await startThreads(t, {
    server,
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } } },
  });
  const held = Promise.withResolvers<void>();
  t.teardown(() => held.resolve());
  upstream.behave('slow-finish', { until: held.promise });
  const streams = await Promise.all(Array.from({ length: 12 }, () => chat(gateway.url, { stream: true })));
  t.equal(new Set(streams.map((one) => threadOf(one) === '0')).size, 2);
  const texts = streams.map(({ body }) => body.text());
  return { ...gateway, texts };
}

const TOLD = /one [^]*two [^]*"code":"shutting_down"/;

t.test('a second SIGTERM ends the answers of all threads at once, and each is told why', async (t) => {
  const { command, texts } = await streaming(t, { drain: '600s' });
  command.child.kill('SIGTERM');
  while (!/running answers have/.test(command.stderr)) await once(command.child.stderr!, 'data');
  // Within half a second it would count as the same one.
  const again = setInterval(() => command.child.kill('SIGTERM'), 700);
  t.teardown(() => clearInterval(again));
  for (const text of await Promise.all(texts)) t.match(text, TOLD);
  t.same(await command.ended, { code: 0, signal: null });
});

t.test('what has not ended after `drain` is told so in all threads', async (t) => {
  const { command, texts } = await streaming(t, { drain: '300ms' });
  command.child.kill('SIGTERM');
  for (const text of await Promise.all(texts)) t.match(text, TOLD);
  t.same(await command.ended, { code: 0, signal: null });
});

t.test('a thread that turns no more does not keep the gateway from ending', async (t) => {
  const { url, command, texts } = await streaming(t, { drain: '300ms' });
  while (!/it hangs/.test(command.stderr)) {
    const headers = { 'x-fail': 'hang' };
    const answer = chat(url, { stream: true, headers }).catch(() => undefined);
    await Promise.race([answer.then((one) => one?.body.on('error', () => undefined)), sleep(50)]);
  }
  for (const text of texts) text.catch(() => undefined);
  command.child.kill('SIGTERM');
  t.same(await command.ended, { code: 0, signal: null });
});
