/** LiteLLM's proxy, 1.108.7. */
import t from 'tap';
import { CHAT, chunk, gatewayBefore, says, startStandIn, streams, well } from './stand-in.ts';

const CUT = {
  error: { message: 'litellm.APIConnectionError: upstream left', type: null, param: null, code: '500' },
};
const UNKNOWN = {
  error: {
    message:
      '/chat/completions: Invalid model name passed in model=m. Call `/v1/models` to view available models',
    type: 'invalid_request_error',
    param: null,
    code: '400',
  },
};

t.test('its error in a cut stream is an error, and nothing follows it', async (t) => {
  const events = [chunk({ role: 'assistant' }), chunk({ content: 'Hi' }), CUT];
  const litellm = await startStandIn(t, { [CHAT]: streams(events) });
  const switchyard = await gatewayBefore(t, { litellm });
  const answer = await switchyard.chat({ stream: true });
  t.strictSame(
    answer.events,
    events.map((one) => JSON.stringify(one)),
  );
  t.match(await switchyard.trace(), { ending: 'error' });
});

t.test(
  'its usage comes with an empty delta after the finish reason, and reaches a client that requested it',
  async (t) => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const events = [
      chunk({ role: 'assistant', content: 'Hi' }),
      chunk({}, 'stop'),
      { ...chunk({}), choices: [{ index: 0, delta: {} }], usage },
      '[DONE]',
    ];
    const litellm = await startStandIn(t, { [CHAT]: streams(events) });
    const switchyard = await gatewayBefore(t, { litellm });
    const answer = await switchyard.chat({ stream: true, stream_options: { include_usage: true } });
    t.strictSame(
      answer.events,
      events.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    );
    t.match(await switchyard.trace(), { ending: 'complete', usage: { prompt: 5, completion: 2, total: 7 } });
  },
);

t.test(
  'an unknown model is its 400, and goes to the next target; its own refusal is the final answer',
  async (t) => {
    const litellm = await startStandIn(t, { [CHAT]: says(400, UNKNOWN) });
    const other = await startStandIn(t, well);
    const switchyard = await gatewayBefore(t, { litellm, other });
    for (let turn = 0; turn < 6; turn++)
      t.match(await switchyard.chat({ stream: turn % 2 === 0 }), { status: 200, text: /well/ });
    t.equal(litellm.asked.filter(({ path }) => path === CHAT).length, 6, 'it has its turn each time');
    const alone = await gatewayBefore(t, { litellm });
    t.match(await alone.chat(), { status: 400, text: JSON.stringify(UNKNOWN) });
  },
);

t.test('its health page fails without a key, and it counts as healthy', async (t) => {
  const litellm = await startStandIn(t, { ...well, 'GET /health': says(500, 'Internal Server Error') });
  const switchyard = await gatewayBefore(t, { litellm });
  t.equal((await switchyard.chat()).status, 200);
  t.match((await switchyard.ask('/providers/litellm')).json(), { status: 'healthy' });
});
