/** Conversations at random, as chat has them, for properties of the translations between protocols. */
import * as fc from 'fast-check';

export type Json = Record<string, unknown>;

/** No white space at the ends, which some protocols take for none; quotes, line ends and other alphabets within. */
const text = fc
  .array(
    fc.constantFrom('Hello', 'Grüße', '世界', '"quoted"', 'a\nb', '\\', '{"a":1}', '👋', '</think', '…'),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((words) => words.join(' '));

const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.boolean(),
  fc.array(text, { maxLength: 2 }),
  fc.constant({ deep: { er: [1, { x: 'y' }] } }),
);
const args = fc.dictionary(fc.constantFrom('city', 'unit', 'naïve', 'n'), value, { maxKeys: 3 });
const NAMES = ['weather', 'get_time', 'search-web'];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const image = fc.constant({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } });
const textPart = text.map((said) => ({ type: 'text', text: said }));
const content = fc.oneof(
  text,
  fc.tuple(textPart, image).map((parts) => [...parts]),
  fc.array(fc.oneof({ weight: 3, arbitrary: textPart }, { weight: 1, arbitrary: image }), {
    minLength: 1,
    maxLength: 3,
  }),
);

const calls = fc.array(fc.tuple(fc.constantFrom(...NAMES), args, text), { maxLength: 3 });

/** A user's turn and the model's; calls have an id each, and a result each behind them. */
const exchange = fc.record({ user: content, said: fc.option(text, { nil: null }), calls });

const tools = fc.subarray(NAMES).chain((names) =>
  fc.constant(
    names.map((name) => ({
      type: 'function',
      function: {
        name,
        description: `Tells of ${name}.`,
        parameters: {
          type: 'object',
          properties: { city: { type: 'string', enum: ['Bern', 'Köln'] }, n: { type: 'integer' } },
          required: ['city'],
        },
      },
    })),
  ),
);

const tenth = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
const beside = fc.record(
  {
    temperature: tenth,
    top_p: tenth.filter((share) => share > 0),
    max_completion_tokens: fc.integer({ min: 16, max: 4_000 }),
    stop: fc.array(fc.constantFrom('END', '###', '\n\n'), { minLength: 1, maxLength: 2 }),
    tool_choice: fc.constantFrom('auto', 'none', 'required'),
    seed: fc.integer({ min: 1, max: 99 }),
  },
  { requiredKeys: [] },
);

/** A request of chat completions. */
export const request: fc.Arbitrary<Json> = fc
  .record({
    system: fc.option(text),
    exchanges: fc.array(exchange, { maxLength: 4 }),
    last: content,
    tools,
    beside,
  })
  .map(({ system, exchanges, last, tools: offered, beside: { tool_choice, ...others } }) => {
    let nth = 0;
    const turns = exchanges.flatMap(({ user, said, calls: made }) => {
      const called = made.map(([name, input, result]) => ({ id: `call_${nth++}`, name, input, result }));
      return [
        { role: 'user', content: user },
        {
          role: 'assistant',
          content: said ?? (called.length > 0 ? null : 'ok'),
          ...(called.length > 0 && {
            tool_calls: called.map(({ id, name, input }) => ({
              id,
              type: 'function',
              function: { name, arguments: JSON.stringify(input) },
            })),
          }),
        },
        ...called.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: result })),
      ];
    });
    return {
      model: 'm',
      messages: [
        ...(system === null ? [] : [{ role: 'system', content: system }]),
        ...turns,
        { role: 'user', content: last },
      ],
      ...others,
      ...(offered.length > 0 && { tools: offered, ...(tool_choice && { tool_choice }) }),
    };
  });

/** A whole answer of chat completions, with one choice. */
export const answer: fc.Arbitrary<Json> = fc
  .record({
    said: fc.option(text, { nil: null }),
    thought: fc.option(text, { nil: null }),
    calls,
    reason: fc.constantFrom('stop', 'length'),
    counts: fc.record({
      prompt: fc.integer({ min: 10, max: 900 }),
      completion: fc.integer({ min: 1, max: 900 }),
      cached: fc.integer({ min: 0, max: 9 }),
    }),
  })
  .map(({ said, thought, calls: made, reason, counts: { prompt, completion, cached } }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'm',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said ?? (made.length > 0 ? null : 'ok'),
          ...(thought !== null && { reasoning_content: thought }),
          ...(made.length > 0 && {
            tool_calls: made.map(([name, input], nth) => ({
              id: `call_${nth}`,
              type: 'function',
              function: { name, arguments: JSON.stringify(input) },
            })),
          }),
        },
        finish_reason: made.length > 0 ? 'tool_calls' : reason,
      },
    ],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: cached },
    },
  }));
