import t from 'tap';
import { errorBody, GatewayError } from '../../../../core/errors.ts';
import { frame } from '../../../../wire/sse/event.ts';
import { chat } from '../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../plugins/surfaces/openai/dialects/completions.ts';
import { responses } from '../../../../plugins/surfaces/openai/dialects/responses.ts';
import { openaiSchema } from '../../../openai-schema.ts';
import { eventsOf, foldAll, makeCall, vendorAnswers, vendorStreams, type Parsed } from './recorded.ts';

const VERSIONS = ['openai-4', 'openai-5', 'openai-6', 'openai-7'];

/** A client of OpenAI's own SDK that is answered with these bytes. */
async function client(version: string, body: string) {
  const { default: OpenAI } = await import(version);
  const answer = () =>
    Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  return {
    OpenAI,
    openai: new OpenAI({ apiKey: 'k', baseURL: 'http://127.0.0.1:9/v1', fetch: answer, maxRetries: 0 }),
  };
}

const failure = new GatewayError('stream_cut', 'acme ended its answer in the middle');
const REQUESTS: readonly [
  name: string,
  content: string,
  said: string,
  ask: (openai: Parsed) => Promise<AsyncIterable<unknown>>,
][] = [
  [
    'chat',
    'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n',
    frame(chat.failure(errorBody(failure), 502)),
    (openai) => openai.chat.completions.create({ model: 'm', messages: [], stream: true }),
  ],
  [
    'completions',
    'data: {"choices":[{"index":0,"text":"a","finish_reason":null}]}\n\n',
    frame(completions.failure(errorBody(failure), 502)),
    (openai) => openai.completions.create({ model: 'm', prompt: 'a', stream: true }),
  ],
  [
    'responses',
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"a"}\n\n',
    frame(responses.failure(errorBody(failure), 502)),
    (openai) => openai.responses.create({ model: 'm', input: 'a', stream: true }),
  ],
];

for (const version of VERSIONS) {
  t.test(`${version} throws an APIError at our error event, after what came before it`, async (t) => {
    for (const [name, content, said, ask] of REQUESTS) {
      const { OpenAI, openai } = await client(version, content + said);
      let seen = 0;
      const reading = async () => {
        for await (const _ of await ask(openai)) seen += 1;
      };
      const error = await reading().then(
        () => undefined,
        (thrown) => thrown,
      );
      t.ok(error instanceof OpenAI.APIError, `${name}: ${error}`);
      t.match(
        error,
        { message: /acme ended its answer in the middle/, code: 'stream_cut', type: 'upstream_error' },
        name,
      );
      t.equal(seen, 1, `${name}: the content before it`);
    }
  });
}

t.test('our error event in the Responses API fits the schema of its error event', (t) => {
  const { event, data } = responses.failure(errorBody(failure), 502);
  t.equal(event, 'error');
  t.strictSame(openaiSchema('ResponseErrorEvent')(JSON.parse(data)), []);
  t.end();
});

t.test('an error event is one event, whatever its text', (t) => {
  const odd = new GatewayError('internal', 'two\nlines\r\n\r\ndata: [DONE]\u2028');
  for (const { failure: say } of [chat, completions, responses]) {
    const events = eventsOf(Buffer.from(frame(say(errorBody(odd), 500))));
    t.equal(events.length, 1);
    t.equal(JSON.parse(events[0]?.data ?? '').error.message, odd.message);
  }
  t.end();
});

for (const version of VERSIONS) {
  t.test(`${version} folds unfolded chat to the same answer`, async (t) => {
    const streams = vendorStreams().filter(({ dialect }) => dialect === chat);
    for (const { file, body } of streams) {
      const answer = foldAll(chat, eventsOf(body)) as Parsed;
      const events = chat.unfold?.(answer, makeCall({ stream_options: { include_usage: true } })) ?? [];
      const { openai } = await client(version, events.map(frame).join(''));
      const make = version === 'openai-4' ? openai.beta.chat.completions : openai.chat.completions;
      const made = await make.stream({ model: 'm', messages: [] }).finalChatCompletion();
      t.equal(
        made.choices[0].message.content ?? '',
        answer.choices[0].message.content ?? '',
        `${file}: content`,
      );
      t.equal(made.choices[0].finish_reason, answer.choices[0].finish_reason, `${file}: reason`);
      t.match(made.usage ?? {}, answer.usage ?? {}, `${file}: usage`);
      const calls = made.choices[0].message.tool_calls ?? [];
      t.match(calls, answer.choices[0].message.tool_calls ?? [], `${file}: tool calls`);
    }
  });

  if (version === 'openai-4') continue;
  t.test(`${version} folds unfolded responses to the same answers`, async (t) => {
    for (const { file, body } of vendorAnswers().filter(({ dialect }) => dialect === responses)) {
      const answer = JSON.parse(body.toString());
      if (responses.judge(answer).kind !== 'content') continue;
      const { openai } = await client(
        version,
        (responses.unfold?.(answer, makeCall()) ?? []).map(frame).join(''),
      );
      const reading = openai.responses.stream({ model: 'm', input: 'a' });
      let text = '';
      reading.on('response.output_text.delta', ({ delta }: { delta: string }) => {
        text += delta;
      });
      const made = await reading.finalResponse();
      t.equal(made.id, answer.id, file);
      t.equal(made.output.length, answer.output.length, `${file}: items`);
      const texts = answer.output
        .flatMap(({ content }: Parsed) => content ?? [])
        .map((part: Parsed) => part.text ?? '');
      t.equal(text, texts.join(''), `${file}: text`);
    }
  });
}
