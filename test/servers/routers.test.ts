/** vllm-router 0.1.17 and sglang-router 0.3.2. */
import t from 'tap';
import { CHAT, chunk, gatewayBefore, says, startStandIn, streams, well } from './stand-in.ts';

const NO_WORKERS = {
  error: { type: 'Service Unavailable', code: 'no_available_workers', message: 'No available workers' },
};

for (const [name, refuses] of [
  ['vllm-router', says(503, 'Service Unavailable')],
  ['sglang-router', says(503, NO_WORKERS)],
] as const) {
  t.test(`${name} that refuses all clients is skipped, and reported in OpenAI's shape`, async (t) => {
    const router = await startStandIn(t, {
      [CHAT]: refuses,
      'GET /v1/models': says(503, 'No models available'),
    });
    const other = await startStandIn(t, well);
    const switchyard = await gatewayBefore(t, { router, other });
    for (let turn = 0; turn < 10; turn++)
      t.match(await switchyard.chat({ stream: turn % 2 === 0 }), { status: 200, text: /well/ });
    const alone = await gatewayBefore(t, { router });
    const answer = await alone.chat({ stream: true });
    t.equal(answer.status, 503);
    t.match(answer.json().error, { message: /No available workers|Service Unavailable/ });
    router.replies[CHAT] = well[CHAT]!;
    t.equal((await alone.chat()).status, 200, 'and it is asked again at once where it is the only one');
  });
}

t.test('a worker that dies is a chunked body that breaks off: the client gets an error', async (t) => {
  const events = [chunk({ role: 'assistant', content: 'Hi' })];
  const router = await startStandIn(t, { [CHAT]: streams(events, 'break') });
  const switchyard = await gatewayBefore(t, { router });
  const answer = await switchyard.chat({ stream: true });
  t.match(JSON.parse(answer.events.at(-1) as string).error, { code: 'stream_cut' });
  t.match(await switchyard.trace(), { ending: 'cut' });
});
