import t from 'tap';
import { openaiSchema } from '../../../../openai-schema.ts';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { responses } from '../../../../../plugins/surfaces/openai/dialects/responses.ts';
import {
  BROKEN,
  eventsOf,
  foldAll,
  providerAnswers,
  readStream,
  vendorStreams,
  type Recorded,
  type Parsed,
} from '../recorded.ts';

const fitsChat = openaiSchema('CreateChatCompletionResponse');
const fitsCompletions = openaiSchema('CreateCompletionResponse');

/** Folded answers that cannot fit OpenAI's schema, because the vendor left the fact out. */
const WITHOUT_REASON = new Map([
  ['providers/grok2api/content-array.txt', 'never says why it ended'],
  ['providers/grok2api/stream-grok-4-ok.txt', 'never says why it ended'],
  ['providers/grok2api/stream-ok.txt', 'never says why it ended'],
  ['providers/grok2api/stream-show-thinking-ok.txt', 'never says why it ended'],
  ['providers/z.ai2api-python/stream-upstream-errframe.txt', '[DONE] after half the text'],
  [
    'providers/z.ai2api-python/stream-usage-in-other-phase.txt',
    'no reason when usage comes in another phase',
  ],
  ['providers/z.ai2api/stream-upstream-errframe.txt', '[DONE] after half the text'],
]);

const wholeStreams = (): Recorded[] => [
  ...vendorStreams().filter(({ file, dialect }) => dialect !== responses && file !== BROKEN),
  ...providerAnswers().filter(
    ({ streamed, dialect, body }) => streamed && readStream(dialect, eventsOf(body)).outcome === 'whole',
  ),
];

t.test("a folded vendor's stream fits OpenAI's schema where the vendor's facts allow it", (t) => {
  const unused = new Map(WITHOUT_REASON);
  for (const { file, dialect, body } of wholeStreams()) {
    const answer = foldAll(dialect, eventsOf(body));
    const errors = (dialect === chat ? fitsChat : fitsCompletions)(answer);
    const expected = WITHOUT_REASON.has(file)
      ? [
          '/choices/0/finish_reason must be string',
          '/choices/0/finish_reason must be equal to one of the allowed values',
        ]
      : [];
    unused.delete(file);
    t.strictSame(errors, expected, `${file} ${WITHOUT_REASON.get(file) ?? ''}`);
  }
  t.strictSame([...unused], [], 'each exception has a recording');
  t.end();
});

t.test('folding loses no text, no arguments and no count', (t) => {
  for (const { file, dialect, body } of wholeStreams()) {
    const events = eventsOf(body);
    const { choices, usage } = foldAll(dialect, events);
    const payloads = events.filter(({ data }) => data.startsWith('{')).map(({ data }) => JSON.parse(data));
    const deltas = payloads.flatMap(({ choices: [choice] }) =>
      choice ? [choice.delta ?? { content: choice.text }] : [],
    );
    const joined = (pick: (delta: Parsed) => string | undefined | null) =>
      deltas.map((delta) => pick(delta) ?? '').join('');
    const { message = {}, text } = choices[0] as Parsed;
    t.equal(choices.length, 1, file);
    if (!deltas.some(({ content }) => Array.isArray(content))) {
      t.equal(
        message.content ?? text ?? '',
        joined(({ content }) => content),
        `${file}: content`,
      );
      t.equal(
        message.reasoning_content ?? '',
        joined((delta) => delta.reasoning_content),
        `${file}: reasoning_content`,
      );
    }
    t.equal(
      message.reasoning ?? '',
      joined(({ reasoning }) => reasoning),
      `${file}: reasoning`,
    );
    t.equal(
      message.thinking?.content ?? '',
      joined(({ thinking }) => thinking?.content),
      `${file}: thinking`,
    );
    const calls = message.tool_calls ?? [];
    t.equal(
      calls.map((call: Parsed) => call.function.arguments).join(''),
      joined(({ tool_calls }) => tool_calls?.map((call: Parsed) => call.function.arguments).join('')),
      `${file}: arguments`,
    );
    const counts = payloads
      .map((payload) => payload.usage)
      .filter((count) => count && Object.keys(count).length > 0);
    t.strictSame(usage, counts.at(-1), `${file}: usage`);
    for (const name of ['id', 'model', 'created', 'system_fingerprint', 'service_tier']) {
      const said = payloads.map((payload) => payload[name]).find(Boolean);
      t.strictSame((foldAll(dialect, events) as Parsed)[name], said, `${file}: ${name}`);
    }
  }
  t.end();
});

t.test("a vendor's tool calls are joined", (t) => {
  const callsIn = (name: string) => {
    const found = vendorStreams().find(({ file }) => file === name) as Recorded;
    return foldAll(chat, eventsOf(found.body)).choices[0]?.message;
  };
  t.match(callsIn('mistral/mistral-incremental-tool-call.chunks.txt'), {
    content: null,
    tool_calls: [
      {
        id: 'chatcmpl-tool-9f149c74c42f265b',
        type: 'function',
        function: { name: 'webSearchTool', arguments: '{"query": "current Berlin weather"}' },
      },
    ],
  });
  t.strictSame(callsIn('mistral/mistral-tool-call.chunks.txt')?.tool_calls, [
    {
      type: 'function',
      id: 'gSIMJiOkT',
      function: { arguments: '{"location": "San Francisco"}', name: 'weather' },
    },
  ]);
  t.match(callsIn('mistral/mistral-reasoning.chunks.txt'), {
    content: '2 + 2 = 4',
    reasoning_content: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.',
  });
  t.end();
});

t.test('a Responses stream folds to the response of its closing event', (t) => {
  for (const { file, dialect, body } of vendorStreams().filter(
    (recorded) => recorded.dialect === responses && recorded.file !== BROKEN,
  )) {
    const events = eventsOf(body);
    const closing = events.findLast(({ data }) => data.startsWith('{')) as { data: string };
    t.strictSame(foldAll(dialect, events), JSON.parse(closing.data).response, file);
  }
  t.end();
});
