import t from 'tap';
import { chatToConverse } from '../../../../../plugins/surfaces/bedrock/from-chat/index.ts';
import type { Parsed } from '../../../../switchyard.ts';
import { makeCall } from '../../openai/recorded.ts';

type Event = readonly [name: string, payload: object];

function chunks(events: readonly Event[], counts = false): Parsed[] {
  const call = makeCall(counts ? { stream_options: { include_usage: true } } : {});
  const translate = chatToConverse.events(call);
  const given = events.map(([event, payload]) => ({ event, data: JSON.stringify(payload) }));
  return [...given, { event: '', data: '[DONE]' }]
    .flatMap(translate)
    .map(({ data }) => (data === '[DONE]' ? data : JSON.parse(data)));
}

const delta = (index: number, said: object): Event => [
  'contentBlockDelta',
  { contentBlockIndex: index, delta: said },
];
const start = (index: number, said: object): Event => [
  'contentBlockStart',
  { contentBlockIndex: index, start: said },
];
const stop = (index: number): Event => ['contentBlockStop', { contentBlockIndex: index }];
const deltas = (all: Parsed[]): Parsed[] =>
  all
    .filter((one) => one !== '[DONE]')
    .flatMap(({ choices }) => choices.map((choice: Parsed) => choice.delta));

t.test('thought with its signature, text, and calls of tools that come at the same time', (t) => {
  const all = chunks([
    ['messageStart', { role: 'assistant' }],
    delta(0, { reasoningContent: { text: 'h' } }),
    delta(0, { reasoningContent: { text: 'm' } }),
    delta(0, { reasoningContent: { signature: 'sig' } }),
    stop(0),
    delta(1, { reasoningContent: { redactedContent: 'AAAA' } }),
    delta(2, { text: 'Look:' }),
    start(3, { toolUse: { toolUseId: 'a', name: 'one' } }),
    start(4, { toolUse: { toolUseId: 'b', name: 'two' } }),
    delta(4, { toolUse: { input: '{"x":' } }),
    delta(3, { toolUse: { input: '' } }),
    delta(4, { toolUse: { input: '1}' } }),
    stop(3),
    stop(4),
    ['messageStop', { stopReason: 'tool_use' }],
  ]);
  t.strictSame(deltas(all), [
    { role: 'assistant', content: '' },
    { reasoning_content: 'h' },
    { reasoning_content: 'm' },
    {
      reasoning_details: [
        { type: 'reasoning.text', text: 'hm', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
      ],
    },
    {
      reasoning_details: [
        { type: 'reasoning.encrypted', data: 'AAAA', format: 'anthropic-claude-v1', index: 1 },
      ],
    },
    { content: 'Look:' },
    { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'one', arguments: '' } }] },
    { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'two', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{"x":' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '1}' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    {},
  ]);
  t.equal(all.at(-2).choices[0].finish_reason, 'tool_calls');
  t.equal(new Set(all.slice(0, -1).map(({ id }) => id)).size, 1);
  t.end();
});

t.test(
  "what the provider's own servers call is no call of the caller's, and its citations are annotations",
  (t) => {
    const all = chunks([
      start(0, { toolUse: { toolUseId: 's', name: 'web', type: 'server_tool_use' } }),
      delta(0, { toolUse: { input: '{}' } }),
      stop(0),
      start(1, { toolResult: { toolUseId: 's' } }),
      delta(1, { text: 'page' }),
      delta(2, { text: 'It rains.' }),
      delta(2, { citation: { title: 'Weather', location: { web: { url: 'https://example.com/w' } } } }),
      ['messageStop', { stopReason: 'end_turn' }],
    ]);
    t.strictSame(deltas(all).slice(1), [
      { content: 'It rains.' },
      {
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://example.com/w', title: 'Weather' } },
        ],
      },
      {},
    ]);
    t.end();
  },
);

t.test('tokens are counted if the caller asked, wherever the event with them stands', (t) => {
  const usage = {
    inputTokens: 1,
    outputTokens: 2,
    totalTokens: 13,
    cacheReadInputTokens: 4,
    cacheWriteInputTokens: 6,
  };
  const [metadata, end]: Event[] = [
    ['metadata', { usage }],
    ['messageStop', { stopReason: 'max_tokens' }],
  ];
  for (const order of [
    [metadata, end],
    [end, metadata],
  ] as Event[][]) {
    const all = chunks([delta(0, { text: 'a' }), ...order], true);
    t.equal(all.at(-1), '[DONE]');
    t.match(all.at(-2), {
      choices: [],
      usage: {
        prompt_tokens: 11,
        completion_tokens: 2,
        total_tokens: 13,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 6 },
      },
    });
    t.equal(all.at(-3).choices[0].finish_reason, 'length');
    t.notOk(chunks([delta(0, { text: 'a' }), ...order]).some((one) => one.usage));
  }
  t.end();
});

t.test('a whole answer with all kinds of blocks', (t) => {
  const content = [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'sig' } } },
    { citationsContent: { content: [{ text: 'It ' }], citations: [] } },
    { text: 'rains.' },
    { image: { format: 'png', source: { bytes: 'AAAA' } } },
    { toolUse: { toolUseId: 'a', name: 'one', input: { x: 1 } } },
  ];
  const body = {
    output: { message: { role: 'assistant', content } },
    stopReason: 'guardrail_intervened',
    usage: {},
  };
  const made = chatToConverse.answer(body, makeCall()) as Parsed;
  t.match(made, {
    object: 'chat.completion',
    model: 'm',
    choices: [
      {
        message: {
          content: 'It rains.',
          reasoning_content: 'hm',
          reasoning_details: [{ signature: 'sig' }],
          images: [{ image_url: { url: 'data:image/png;base64,AAAA' } }],
          tool_calls: [{ id: 'a', function: { name: 'one', arguments: '{"x":1}' } }],
        },
        finish_reason: 'content_filter',
      },
    ],
  });
  t.end();
});
