import t from 'tap';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../../plugins/surfaces/openai/dialects/completions.ts';
import { responses } from '../../../../../plugins/surfaces/openai/dialects/responses.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import { foldAll, stream, type Parsed } from '../recorded.ts';

const choice = (delta: object, rest: object = {}) => ({ choices: [{ index: 0, delta, ...rest }] });
const messageOf = (...deltas: readonly object[]) =>
  foldAll(chat, stream(...deltas.map((delta) => choice(delta)))).choices[0]?.message;

t.test('tool calls are distinguished by number, by id, or by being whole', (t) => {
  const callsOf = (...fragments: readonly object[]) =>
    (
      messageOf(...fragments.map((fragment) => ({ tool_calls: [fragment].flat() }))).tool_calls as Parsed[]
    ).map((call) => `${call.id} ${call.function.name} ${call.function.arguments}`);
  const part = (
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    text: unknown,
  ) => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: { ...(name === undefined ? {} : { name }), arguments: text },
  });
  t.strictSame(
    callsOf(
      part(0, 'a', 'f', ''),
      part(1, 'b', 'g', ''),
      part(0, undefined, undefined, '{'),
      part(1, undefined, undefined, '['),
    ),
    ['a f {', 'b g ['],
  );
  t.strictSame(callsOf(part(0, 'a', 'f', '{'), part(0, 'a', 'f', '}')), ['a f {}'], 'repeats its name');
  t.strictSame(callsOf(part(0, 'a', 'f', '{'), part(0, '', '', '}')), ['a f {}'], 'empty strings');
  t.strictSame(
    callsOf(part(0, 'a', 'f', '{'), part(0, 'z', undefined, '}')),
    ['z f {}'],
    'an id again for each fragment',
  );
  t.strictSame(
    callsOf(part(0, 'a', 'f', '{}'), part(0, 'b', 'f', '{}')),
    ['a f {}', 'b f {}'],
    'all have number 0',
  );
  t.strictSame(
    callsOf(
      part(undefined, 'a', 'f', '{'),
      part(undefined, 'b', 'g', '['),
      part(undefined, 'a', undefined, '}'),
    ),
    ['a f {}', 'b g ['],
    'no numbers',
  );
  t.strictSame(
    callsOf(part(undefined, undefined, 'f', '{'), part(undefined, undefined, undefined, '}')),
    ['undefined f {}'],
    'neither number nor id',
  );
  t.strictSame(
    callsOf(part(undefined, undefined, 'f', { a: 1 }), part(undefined, undefined, 'g', {})),
    ['undefined f {"a":1}', 'undefined g {}'],
    'whole, with objects',
  );
  t.end();
});

t.test('members merge by their kind', (t) => {
  const message = messageOf(
    { role: 'assistant', content: '', refusal: null, function_call: { name: 'f', arguments: '{' } },
    {
      role: 'assistant',
      function_call: { arguments: '}' },
      reasoning_details: [{ text: 'a' }],
      audio: { id: 'x', data: 'AA' },
    },
    {
      reasoning_details: [{ text: 'b' }],
      audio: { id: 'x', data: 'BB', transcript: 'hi', expires_at: 1 },
      note: 'c',
    },
    { note: 'd', score: 1, flags: null },
    { score: 2, content: null },
  );
  t.strictSame(message, {
    role: 'assistant',
    content: null,
    refusal: null,
    function_call: { name: 'f', arguments: '{}' },
    reasoning_details: [{ text: 'a' }, { text: 'b' }],
    audio: { id: 'x', data: 'AABB', transcript: 'hi', expires_at: 1 },
    note: 'cd',
    score: 2,
  });
  t.match(messageOf({ content: '' }), { role: 'assistant', content: '' });
  t.match(messageOf({ refusal: 'I ' }, { refusal: "won't" }), { content: null, refusal: "I won't" });
  t.match(
    messageOf(
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'reference', ids: [1] },
        ],
      },
      { content: 'b' },
    ),
    { content: 'ab', content_parts: [{ type: 'reference', ids: [1] }] },
  );
  t.end();
});

t.test('choices are kept apart and in order, with what belongs to them', (t) => {
  const events = stream(
    { id: '', created: 0, model: '', choices: [], prompt_filter_results: [1] },
    {
      id: 'a',
      created: 5,
      model: 'm',
      obfuscation: 'xyz',
      x: { seed: 1 },
      choices: [{ index: 1, delta: { content: 'B' }, logprobs: { content: [{ token: 'B' }] } }],
    },
    {
      id: 'b',
      created: 6,
      choices: [
        { index: 0, delta: { content: 'A' }, finish_reason: 'length', content_filter_results: { hate: 1 } },
      ],
    },
    {
      choices: [
        {
          index: 1,
          delta: {},
          logprobs: { content: [{ token: 'C' }] },
          finish_reason: 'stop',
          content_filter_results: {},
        },
      ],
    },
    { choices: [], usage: { total_tokens: 3 }, x: { usage: 2 } },
    'no JSON',
    '[DONE]',
  );
  t.strictSame(foldAll(chat, events), {
    id: 'a',
    created: 5,
    model: 'm',
    prompt_filter_results: [1],
    x: { seed: 1, usage: 2 },
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'A', refusal: null },
        logprobs: null,
        finish_reason: 'length',
        content_filter_results: { hate: 1 },
      },
      {
        index: 1,
        message: { role: 'assistant', content: 'B', refusal: null },
        logprobs: { content: [{ token: 'B' }, { token: 'C' }], refusal: null },
        finish_reason: 'stop',
      },
    ],
    usage: { total_tokens: 3 },
  });
  t.end();
});

t.test('usage is the counted one, not zeros before or after it', (t) => {
  const usageOf = (...counts: readonly unknown[]) =>
    foldAll(chat, stream(...counts.map((usage) => ({ choices: [], usage })))).usage;
  t.strictSame(usageOf({ total_tokens: 0 }, { total_tokens: 3 }, { total_tokens: 0 }), { total_tokens: 3 });
  t.strictSame(usageOf({ total_tokens: 0 }), { total_tokens: 0 });
  t.equal(usageOf(null, {}), undefined);
  t.notOk('usage' in foldAll(chat, stream(choice({ content: 'a' }))));
  t.end();
});

t.test('a message in place of a delta counts, one beside it does not count twice', (t) => {
  const fold = (...choices: readonly object[]) =>
    foldAll(chat, stream(...choices.map((one) => ({ choices: [one] })))).choices[0]?.message.content;
  t.equal(fold({ message: { content: 'a' } }, { message: { content: 'b' } }), 'ab');
  t.equal(fold({ delta: { content: 'a' }, message: { content: 'a' } }), 'a');
  t.equal(fold({ delta: {}, message: { role: '', content: 'a' } }), 'a');
  t.equal(fold({ delta: { content: 'a' }, message: { role: '', content: '' } }), 'a');
  t.equal(fold({ text: 'a' }), 'a');
  t.end();
});

t.test('completions fold text and logprobs', (t) => {
  const logprobs = (token: string) => ({
    tokens: [token],
    token_logprobs: [-1],
    top_logprobs: [{ [token]: -1 }],
    text_offset: [0],
  });
  const events = stream(
    {
      id: 'c',
      object: 'text_completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, text: 'a', logprobs: logprobs('a'), finish_reason: null }],
    },
    { choices: [{ index: 0, text: 'b', logprobs: logprobs('b'), finish_reason: 'stop' }] },
    '[DONE]',
  );
  const answer = foldAll(completions, events);
  t.strictSame(openaiSchema('CreateCompletionResponse')(answer), []);
  t.match(answer, {
    object: 'text_completion',
    choices: [
      { index: 0, text: 'ab', finish_reason: 'stop', logprobs: { tokens: ['a', 'b'], text_offset: [0, 0] } },
    ],
  });
  t.end();
});

t.test('a closing event without output has the items that were done', (t) => {
  const done = (output_index: number, id: string) => ({
    type: 'response.output_item.done',
    output_index,
    item: { id },
  });
  const closing = { type: 'response.completed', response: { id: 'r', status: 'completed', output: [] } };
  t.strictSame(foldAll(responses, stream(done(1, 'b'), done(0, 'a'), closing)), {
    id: 'r',
    status: 'completed',
    output: [{ id: 'a' }, { id: 'b' }],
  } as Parsed);
  t.end();
});
