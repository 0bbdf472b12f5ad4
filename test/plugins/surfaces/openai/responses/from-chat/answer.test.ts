/** Recorded responses as chats: each fits OpenAI's own schema, and the stream says the same as the whole. */
import t from 'tap';
import { chat } from '../../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { responses } from '../../../../../../plugins/surfaces/openai/dialects/responses.ts';
import { chatToResponses } from '../../../../../../plugins/surfaces/openai/responses/from-chat/index.ts';
import { openaiSchema } from '../../../../../openai-schema.ts';
import {
  BROKEN,
  eventsOf,
  foldAll,
  makeCall,
  vendorAnswers,
  vendorStreams,
  type Parsed,
} from '../../recorded.ts';

const COUNTED = makeCall({ stream_options: { include_usage: true } });
const fits = openaiSchema('CreateChatCompletionResponse');
const fitsChunk = openaiSchema('CreateChatCompletionStreamResponse');

const isResponse = ({ dialect, body, file }: { dialect: unknown; body: Buffer; file: string }): boolean =>
  dialect === responses && file !== BROKEN && /"status":\s*"(completed|incomplete)"/.test(body.toString());

/** Its closing event says more than its deltas. */
const CONTRADICTORY = /shell-container\.1\.chunks/;

/** OpenAI seals a thought again for each event that has it. */
const unsealed = (choice: Parsed): Parsed =>
  JSON.parse(JSON.stringify(choice, (name, value) => (name === 'data' ? typeof value : value)));

/** The schema of a chunk does not know custom tools yet. */
const own = (errors: string[]): string[] => errors.filter((error) => !/tool_calls\/\d\/type/.test(error));

t.test('a recorded response becomes a chat that fits the schema', (t) => {
  const answers = vendorAnswers().filter(isResponse);
  t.ok(answers.length >= 8, String(answers.length));
  for (const { file, body } of answers) {
    const given = JSON.parse(body.toString());
    const made = JSON.parse(JSON.stringify(chatToResponses.answer(given, COUNTED))) as Parsed;
    t.strictSame(own(fits(made)), [], file);
    const items = (type: string): Parsed[] => given.output.filter((item: Parsed) => item.type === type);
    const { message, finish_reason } = made.choices[0];
    const text = items('message')
      .flatMap(({ content }) => content)
      .map((part) => part.text ?? '')
      .join('');
    t.equal(message.content ?? '', text, file);
    const calls = [...items('function_call'), ...items('custom_tool_call')];
    t.equal(message.tool_calls?.length ?? 0, calls.length, file);
    if (calls.length > 0) t.equal(finish_reason, 'tool_calls', file);
    t.equal(made.usage.prompt_tokens, given.usage.input_tokens, file);
    t.equal(made.usage.completion_tokens, given.usage.output_tokens, file);
  }
  t.end();
});

t.test('the chunks of a recorded stream fit the schema, and say what the whole says', (t) => {
  const streams = vendorStreams().filter((one) => isResponse(one) && !CONTRADICTORY.test(one.file));
  t.ok(streams.length >= 8, String(streams.length));
  for (const { file, body } of streams) {
    const translate = chatToResponses.events(COUNTED);
    const events = eventsOf(body).flatMap((event) => translate(event));
    t.equal(events.at(-1)?.data, '[DONE]', file);
    const chunks: Parsed[] = events.slice(0, -1).map(({ data }) => JSON.parse(data));
    for (const chunk of chunks) t.strictSame(own(fitsChunk(chunk)), [], file);
    t.match(chunks[0].choices[0].delta, { role: 'assistant' }, file);
    const whole = JSON.parse(
      JSON.stringify(chatToResponses.answer(foldAll(responses, eventsOf(body)), COUNTED)),
    );
    const folded = foldAll(chat, events);
    const { logprobs: _one, ...expected } = whole.choices[0];
    const { logprobs: _other, ...seen } = folded.choices[0];
    t.strictSame(unsealed(seen), unsealed(expected), file);
    t.strictSame(folded.usage, whole.usage, file);
  }
  t.end();
});

t.test('an item that comes whole, or whose beginning is missing, is told once', (t) => {
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'now', arguments: '{"a":1}' };
  const said = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Hi' }],
  };
  const done = (output_index: number, item: object) => ({
    type: 'response.output_item.done',
    output_index,
    item,
  });
  const response = { id: 'resp_1', model: 'm', status: 'completed', output: [said, call] };
  const end = { type: 'response.completed', response };
  const late = {
    type: 'response.function_call_arguments.delta',
    output_index: 1,
    item_id: 'fc_1',
    delta: '{"a"',
  };
  for (const events of [
    [done(0, said), done(1, call), end],
    [end],
    [late, done(0, said), done(1, call), end],
  ]) {
    const translate = chatToResponses.events();
    const chunks = events.flatMap((event) => translate({ event: '', data: JSON.stringify(event) }));
    const { choices } = foldAll(chat, chunks);
    t.match(choices, [
      {
        message: {
          content: 'Hi',
          tool_calls: [{ id: 'call_1', function: { name: 'now', arguments: '{"a":1}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ]);
  }
  t.end();
});
