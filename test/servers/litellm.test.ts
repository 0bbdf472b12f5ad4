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

t.test('what it says of a stream that was cut is an error, and nothing comes behind it', async (t) => {
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

t.test('its count comes with an empty delta behind the reason, and reaches a caller who asked', async (t) => {
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
});

t.test(
  'a model that it does not know is 400, and asked of the next; its own no is the last word',
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

t.test('its health page fails without a key, and it is well all the same', async (t) => {
  const litellm = await startStandIn(t, { ...well, 'GET /health': says(500, 'Internal Server Error') });
  const switchyard = await gatewayBefore(t, { litellm });
  t.equal((await switchyard.chat()).status, 200);
  t.match((await switchyard.ask('/providers/litellm')).json(), { status: 'healthy' });
});
