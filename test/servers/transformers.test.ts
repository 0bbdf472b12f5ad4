/** transformers serve 5.24.0. That its list grows: test/config/discovery.test.ts. */
import t from 'tap';
import { CHAT, chunk, gatewayBefore, says, startStandIn, streams, well } from './stand-in.ts';

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

t.test('a stream that it ends without [DONE] is whole, and its count is kept', async (t) => {
  const events = [chunk({ role: 'assistant' }), chunk({ content: 'Hi' }), chunk({}, 'stop', { usage })];
  const serve = await startStandIn(t, { [CHAT]: streams(events) });
  const switchyard = await gatewayBefore(t, { serve });
  const answer = await switchyard.chat({ stream: true });
  t.strictSame(answer.events, [...events.map((one) => JSON.stringify(one)), '[DONE]']);
  t.match(await switchyard.trace(), { ending: 'complete', usage: { prompt: 5, completion: 2, total: 7 } });
});

t.test(
  'a model that it cannot load is a 500 in plain text: it becomes JSON, and counts against that model',
  async (t) => {
    const serve = await startStandIn(t, {
      [CHAT]: (asked) =>
        asked.body.model === 'm' ? well[CHAT]!(asked) : says(500, 'Internal Server Error')(asked),
    });
    const named = (model: string) => ({ targets: [{ provider: 'serve', model }] });
    const models = { m: named('m'), 'no/such': named('no/such') };
    const switchyard = await gatewayBefore(t, { serve }, { models });
    for (let turn = 0; turn < 6; turn++) {
      const answer = await switchyard.chat({ model: 'no/such', stream: turn % 2 === 0 });
      t.match(answer.json().error, { message: /Internal Server Error/ }, String(answer.status));
      t.equal((await switchyard.chat()).status, 200);
    }
  },
);
