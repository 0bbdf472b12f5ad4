/** vLLM 0.32.0. Its messages, ranks and tokens: test/core/upstreams/missing-surfaces.test.ts. */
import t from 'tap';
import { CHAT, chunk, gatewayBefore, says, startStandIn, streams, well } from './stand-in.ts';

const UNKNOWN = {
  error: {
    message: 'The model `m` does not exist. Valid aliases: tiny.',
    type: 'NotFoundError',
    param: 'model',
    code: 404,
  },
};
const TOO_MANY = {
  error: {
    message:
      'max_tokens=1000000 cannot be greater than max_model_len=2048. Please request fewer output tokens. (parameter=max_tokens, value=1000000)',
    type: 'BadRequestError',
    param: 'max_tokens',
    code: 400,
  },
};

t.test(
  'a model that it does not serve goes to the next target, and its own refusal is the final answer',
  async (t) => {
    const vllm = await startStandIn(t, { [CHAT]: says(404, UNKNOWN) });
    const other = await startStandIn(t, well);
    const switchyard = await gatewayBefore(t, { vllm, other }, { use: 'vllm' });
    for (let turn = 0; turn < 6; turn++) t.match(await switchyard.chat(), { status: 200, text: /well/ });
    const alone = await gatewayBefore(t, { vllm }, { use: 'vllm' });
    t.match(await alone.chat(), { status: 404, text: JSON.stringify(UNKNOWN) });
  },
);

t.test('its refusal of too many tokens passes byte for byte, and is not retried', async (t) => {
  const vllm = await startStandIn(t, { [CHAT]: says(400, TOO_MANY) });
  const other = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { vllm, other }, { use: 'vllm' });
  const { status, text } = await switchyard.chat({ max_tokens: 1_000_000 });
  t.strictSame({ status, text }, { status: 400, text: JSON.stringify(TOO_MANY) });
  t.equal(other.asked.filter(({ path }) => path === CHAT).length, 0);
});

t.test('members that no other server knows arrive, and a count in each chunk is the last one', async (t) => {
  const counted = (tokens: number) => ({
    usage: { prompt_tokens: 5, completion_tokens: tokens, total_tokens: 5 + tokens },
  });
  const events = [
    chunk({ role: 'assistant', content: '' }, null, counted(0)),
    chunk({ content: 'a' }, null, counted(1)),
    chunk({ content: 'b' }, null, counted(2)),
    chunk({}, 'stop', counted(2)),
    { ...chunk({}), choices: [], ...counted(2) },
    '[DONE]',
  ];
  const vllm = await startStandIn(t, { [CHAT]: streams(events) });
  const switchyard = await gatewayBefore(t, { vllm }, { use: 'vllm' });
  const own = {
    guided_choice: ['a', 'b'],
    stream_options: { include_usage: true, continuous_usage_stats: true },
  };
  const answer = await switchyard.chat({ stream: true, ...own });
  t.strictSame(
    answer.events,
    events.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
  );
  t.match(vllm.asked.find(({ path }) => path === CHAT)?.body, own);
  t.match(await switchyard.trace(), { usage: { prompt: 5, completion: 2, total: 7 } });
});

t.test('it returns no x-request-id, so the answer has the gateway’s', async (t) => {
  const vllm = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { vllm }, { use: 'vllm' });
  const { headers } = await switchyard.chat();
  t.equal(headers['x-request-id'], headers['x-switchyard-request-id']);
});
