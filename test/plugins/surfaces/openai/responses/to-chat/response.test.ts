/** Recorded chats as responses: each fits OpenAI's own schema, and its SDK makes the same of the stream as of the whole. */
import OpenAI from 'openai-7';
import t from 'tap';
import { chat } from '../../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { responsesToChat } from '../../../../../../plugins/surfaces/openai/responses/to-chat/index.ts';
import { frame } from '../../../../../../wire/sse/event.ts';
import { openaiSchema } from '../../../../../openai-schema.ts';
import {
  eventsOf,
  foldAll,
  makeCall,
  providerAnswers,
  vendorAnswers,
  vendorStreams,
  type Parsed,
} from '../../recorded.ts';

const fitsResponse = openaiSchema('Response');
const fitsEvent = openaiSchema('ResponseStreamEvent');
const ASKED = { model: 'm', input: 'hi', stream: true };

/** OpenAI's own SDK, answered with these bytes. */
const client = (body: string) =>
  new OpenAI({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1:9/v1',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
  });

/** What a chat's message says, in the words of either API. */
function saidIn(chatAnswer: Parsed) {
  const { message } = chatAnswer.choices[0];
  const { content, reasoning_content, reasoning, thinking, tool_calls } = message;
  return {
    text: content ?? '',
    reasoning: reasoning_content ?? reasoning ?? thinking?.content ?? '',
    calls: (tool_calls ?? []).map((call: Parsed) => [call.function.name, call.function.arguments]),
  };
}

function saidBy({ output }: Parsed) {
  const of = (type: string): Parsed[] => output.filter((item: Parsed) => item.type === type);
  const texts = (items: Parsed[]) =>
    items.flatMap(({ content }) => content ?? []).map((part: Parsed) => part.text);
  return {
    text: texts(of('message')).join(''),
    reasoning: texts(of('reasoning')).join(''),
    calls: of('function_call').map((item) => [item.name, item.arguments]),
  };
}

const isChat = ({ dialect, body }: { dialect: unknown; body: Buffer }): boolean =>
  dialect === chat && body.includes('"choices"');

t.test('each event of a recorded stream fits the schema, and the SDK reads the response', async (t) => {
  const streams = [
    ...vendorStreams().filter(isChat),
    ...providerAnswers().filter((one) => one.streamed && isChat(one) && one.body.includes('[DONE]')),
  ];
  t.ok(streams.length > 20, String(streams.length));
  for (const { file, body } of streams) {
    const whole = foldAll(chat, eventsOf(body));
    if (!whole.choices[0]) continue;
    const translate = responsesToChat.events(makeCall(ASKED));
    const events = eventsOf(body).flatMap(translate);
    const bodies: Parsed[] = events.map(({ data }) => JSON.parse(data));
    for (const one of bodies) t.strictSame(fitsEvent(one), [], `${file}: ${one.type}`);
    t.strictSame(
      bodies.map((one) => one.sequence_number),
      bodies.map((_, nth) => nth),
      file,
    );
    t.match(bodies.slice(0, 2), [{ type: 'response.created' }, { type: 'response.in_progress' }], file);
    const last = bodies.at(-1);
    t.match(last.type, /^response\.(completed|incomplete)$/, file);
    t.strictSame(
      bodies.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item),
      last.response.output,
      `${file}: the items that were done are those of the response`,
    );
    t.strictSame(saidBy(last.response), saidIn(whole), file);
    const made = await client(events.map(frame).join(''))
      .responses.stream({ model: 'm', input: 'hi' })
      .finalResponse();
    t.equal(made.id, last.response.id, file);
    t.strictSame(made.usage, last.response.usage, file);
  }
});

t.test('a recorded answer becomes a response that fits the schema', (t) => {
  const answers = [
    ...vendorAnswers().filter(isChat),
    ...providerAnswers().filter((one) => !one.streamed && isChat(one)),
  ];
  t.ok(answers.length > 8, String(answers.length));
  for (const { file, body } of answers) {
    const chatAnswer = JSON.parse(body.toString());
    if (!chatAnswer.choices[0]) continue;
    const response = responsesToChat.answer(chatAnswer, makeCall(ASKED)) as Parsed;
    t.strictSame(fitsResponse(response), [], file);
    t.match(response, { id: /^resp_/, object: 'response', status: /completed|incomplete/ }, file);
    const plain = foldAll(chat, chat.unfold!(chatAnswer, makeCall(ASKED)));
    t.strictSame(saidBy(response), saidIn(plain), file);
  }
  t.end();
});
