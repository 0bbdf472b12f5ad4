/** llama-cpp-python's server, 0.3.36. What it does to a stream when a second request comes: test/core/relay/endings.test.ts. */
import t from 'tap';
import { CHAT, chunk, gatewayBefore, says, startStandIn, streams, well, type Reply } from './stand-in.ts';

const TOO_LONG = {
  error: {
    message: "This model's maximum context length is 512 tokens, however you requested 900 tokens",
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  },
};
/** Of a stream it says nothing at all. */
const tooLong: Reply = (asked) => (asked.body.stream ? streams([]) : says(400, TOO_LONG))(asked);

t.test('a stream without a byte is retried on another target, and never an answer', async (t) => {
  const python = await startStandIn(t, { [CHAT]: tooLong });
  const other = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { python, other });
  for (let turn = 0; turn < 6; turn++)
    t.match(await switchyard.chat({ stream: true }), { status: 200, content: 'well' });
  const alone = await gatewayBefore(t, { python });
  t.match((await alone.chat({ stream: true })).json().error, {
    code: 'upstream_empty',
    message: /^python .*before any content/,
  });
  const whole = await alone.chat();
  t.match(whole, { status: 400, text: JSON.stringify(TOO_LONG) });
});

t.test('a role without content, no usage though requested: its stream passes unchanged', async (t) => {
  const events = [chunk({ role: 'assistant' }), chunk({ content: 'Hi' }), chunk({}, 'stop'), '[DONE]'];
  const python = await startStandIn(t, { [CHAT]: streams(events) });
  const switchyard = await gatewayBefore(t, { python });
  const answer = await switchyard.chat({ stream: true, stream_options: { include_usage: true } });
  t.strictSame(
    answer.events,
    events.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
  );
  t.match(await switchyard.trace(), { ending: 'complete' });
});

t.test('it has no /health, and counts as healthy', async (t) => {
  const python = await startStandIn(t, {
    ...well,
    'GET /v1/models': says(200, { object: 'list', data: [{ id: 'm', object: 'model', owned_by: 'me' }] }),
  });
  const switchyard = await gatewayBefore(t, { python });
  t.equal((await switchyard.chat()).status, 200);
  t.match((await switchyard.ask('/providers/python')).json(), { status: 'healthy' });
});
