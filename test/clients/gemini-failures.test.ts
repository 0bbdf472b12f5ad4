/** What clients of the Gemini API read otherwise. */
import t from 'tap';
import { says, startStandIn, streams } from '../servers/stand-in.ts';
import { HI, STREAM, WHOLE, before } from '../plugins/surfaces/gemini/from-chat/provider-of-gemini.ts';

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
const piece = (parts: readonly object[], finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
  usageMetadata,
});

t.test('a function call without args has the arguments {}', async (t) => {
  const called = piece([{ functionCall: { name: 'now' } }], 'STOP');
  const server = await startStandIn(t, { [WHOLE]: says(200, called), [STREAM]: streams([called]) });
  const { client } = await before(t, server);
  for (const answer of [
    await client.chat.completions.create(HI),
    await client.chat.completions.stream(HI).finalChatCompletion(),
  ])
    t.match(answer.choices, [
      {
        finish_reason: 'tool_calls',
        message: { tool_calls: [{ function: { name: 'now', arguments: '{}' } }] },
      },
    ]);
});

t.test('a call that the model wrote badly is a failure, also after text', async (t) => {
  const half = [piece([{ text: 'Half' }]), piece([], 'MALFORMED_FUNCTION_CALL')];
  const server = await startStandIn(t, {
    [WHOLE]: says(200, piece([{ text: 'Half' }], 'MALFORMED_FUNCTION_CALL')),
    [STREAM]: streams(half),
  });
  const { switchyard } = await before(t, server);
  const whole = await switchyard.chat(HI);
  t.match(whole, { status: 502 });
  t.match(whole.json(), { error: { code: 'upstream_error', message: /MALFORMED_FUNCTION_CALL/ } });
  const { text, events } = await switchyard.chat({ ...HI, stream: true });
  t.match(text, 'Half', 'what had come is there');
  t.notMatch(text, /"finish_reason":"|\[DONE\]/);
  t.match(JSON.parse(events.at(-1) as string), {
    error: { code: 'upstream_error', message: /MALFORMED_FUNCTION_CALL/ },
  });
});
