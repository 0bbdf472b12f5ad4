import t from 'tap';
import { chatToMessages } from '../../../../../plugins/surfaces/anthropic/from-chat/index.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import { recorded, says, startStandIn } from '../../../../servers/stand-in.ts';
import { listRecordings, readRecording } from '../../../../upstream/recordings.ts';
import { eventsOf, type Parsed } from '../../openai/recorded.ts';
import { HI, MESSAGES, before } from './provider-of-messages.ts';

/** Whole messages: what chat has a member for. */
function meant({ content }: Parsed) {
  const join = (type: string, member: string): string =>
    content.map((block: Parsed) => (block.type === type ? block[member] : '')).join('');
  return {
    text: join('text', 'text'),
    thinking: join('thinking', 'thinking'),
    calls: content
      .filter(({ type }: Parsed) => type === 'tool_use')
      .map(({ name, input }: Parsed) => [name, input]),
  };
}

function said({ content, reasoning_content = '', tool_calls = [] }: Parsed) {
  return {
    text: content ?? '',
    thinking: reasoning_content,
    calls: tool_calls.map(({ function: called }: Parsed) => [called.name, JSON.parse(called.arguments)]),
  };
}

/** The message that the events of a recording make, put together here. */
function folded(body: Buffer): Parsed {
  const content: Parsed[] = [];
  for (const { data } of eventsOf(body)) {
    const { type, index, content_block: block, delta } = JSON.parse(data);
    if (type === 'message_start') content.push(...JSON.parse(data).message.content);
    if (type === 'content_block_start') content[index] = { ...block, json: '' };
    const open = content[index];
    if (delta?.type === 'text_delta') open.text += delta.text;
    if (delta?.type === 'thinking_delta') open.thinking += delta.thinking;
    if (delta?.type === 'input_json_delta') open.json += delta.partial_json;
    if (type === 'content_block_stop' && open.type === 'tool_use')
      open.input = open.json === '' ? open.input : JSON.parse(open.json);
  }
  return { content };
}

const isMessage = (file: string): boolean => !file.includes('spliced');

const streamsOf = () =>
  listRecordings('anthropic').filter((file) => file.endsWith('.chunks.txt') && isMessage(file));

const wholeOf = () => listRecordings('anthropic').filter((file) => file.endsWith('.json'));

t.test('recorded messages are read by the SDK of chat, streamed and whole', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  const fitsChunk = openaiSchema('CreateChatCompletionStreamResponse');
  const fits = openaiSchema('CreateChatCompletionResponse');
  for (const file of streamsOf()) {
    server.replies[MESSAGES] = recorded(file);
    const stream_options = { include_usage: true };
    const answer = await switchyard.chat({ ...HI, stream: true, stream_options });
    t.equal(answer.events.at(-1), '[DONE]', file);
    for (const chunk of answer.events.slice(0, -1))
      t.strictSame(fitsChunk(JSON.parse(chunk)), [], `${file} ${chunk}`);
    const completion: Parsed = await client.chat.completions
      .stream({ ...HI, stream_options })
      .finalChatCompletion();
    const expected = meant(folded(readRecording(file).body));
    t.match(said(completion.choices[0].message), { text: expected.text, calls: expected.calls }, file);
    const thought = answer.events
      .slice(0, -1)
      .map((data) => JSON.parse(data).choices[0]?.delta.reasoning_content ?? '');
    t.equal(thought.join(''), expected.thinking, file);
    t.match(completion.usage, { prompt_tokens: Number, completion_tokens: Number, total_tokens: Number });
    t.match(await switchyard.trace(), {
      translated: 'chat-to-messages',
      ending: 'complete',
      usage: { prompt: Number },
    });
  }
  for (const file of wholeOf()) {
    server.replies[MESSAGES] = recorded(file);
    const completion: Parsed = await client.chat.completions.create(HI);
    const given = JSON.parse(readRecording(file).body.toString());
    t.strictSame(said(completion.choices[0].message), meant(given), file);
    t.strictSame(fits(completion), [], file);
    const {
      input_tokens,
      cache_read_input_tokens = 0,
      cache_creation_input_tokens = 0,
      output_tokens,
    } = given.usage;
    const prompt_tokens = input_tokens + cache_read_input_tokens + cache_creation_input_tokens;
    t.match(completion.usage, { prompt_tokens, completion_tokens: output_tokens }, file);
  }
});

t.test('its refusals are errors in the shape of chat', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const [status, type] of [
    [400, 'invalid_request_error'],
    [529, 'overloaded_error'],
  ] as const) {
    server.replies[MESSAGES] = says(status, {
      type: 'error',
      error: { type, message: 'Overloaded' },
      request_id: 'req_a',
    });
    const error = await client.chat.completions.create(HI).catch((thrown: unknown) => thrown);
    t.match(error, { status, message: /Overloaded/ });
  }
});

t.test('a refusal alone has no content', (t) => {
  const { choices } = chatToMessages.answer({
    type: 'message',
    content: [],
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', explanation: 'That I cannot do.' },
  }) as { choices: object[] };
  t.match(choices, [
    { message: { content: null, refusal: 'That I cannot do.' }, finish_reason: 'content_filter' },
  ]);
  t.end();
});
