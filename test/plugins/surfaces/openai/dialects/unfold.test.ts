import t from 'tap';
import type { SseEvent } from '../../../../../core/contracts/index.ts';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../../plugins/surfaces/openai/dialects/completions.ts';
import { responses } from '../../../../../plugins/surfaces/openai/dialects/responses.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import {
  BROKEN,
  eventsOf,
  foldAll,
  makeCall,
  providerAnswers,
  readStream,
  stream,
  vendorAnswers,
  vendorStreams,
  type Parsed,
} from '../recorded.ts';

const counting = makeCall({ stream_options: { include_usage: true } });

const parsed = (events: readonly SseEvent[] = []) =>
  events.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data));

/** Folded streams and whole answers that carry something. */
function answers() {
  const folded = vendorStreams()
    .filter(({ file }) => file !== BROKEN && !file.includes('openai-error'))
    .map(({ file, dialect, body }) => ({ file, dialect, answer: foldAll(dialect, eventsOf(body)) }));
  const whole = [...vendorAnswers(), ...providerAnswers().filter(({ streamed }) => !streamed)]
    .map(({ file, dialect, body }) => ({ file, dialect, answer: JSON.parse(body.toString()) }))
    .filter(({ dialect, answer }) => dialect.judge(answer).kind === 'content');
  return { folded, whole };
}

t.test('an unfolded answer folds to itself', (t) => {
  const { folded, whole } = answers();
  for (const { file, dialect, answer } of folded) {
    t.strictSame(foldAll(dialect, dialect.unfold?.(answer, counting) ?? []), answer, file);
  }
  for (const { file, dialect, answer } of whole) {
    const once = foldAll(dialect, dialect.unfold?.(answer, counting) ?? []);
    t.strictSame(foldAll(dialect, dialect.unfold?.(once, counting) ?? []), once, `${file}: twice`);
    if (dialect === responses) t.strictSame(once, answer as Parsed, file);
  }
  t.end();
});

t.test("a vendor's whole answer says the same as a stream", (t) => {
  for (const { file, dialect, answer } of answers().whole.filter((one) => one.dialect !== responses)) {
    const { choices, ...head } = answer as Parsed;
    const once = foldAll(dialect, dialect.unfold?.(answer, counting) ?? []);
    for (const [at, { message, text, finish_reason }] of choices.entries()) {
      const { content, ...others } = message ?? { content: text };
      const made = once.choices[at] as Parsed;
      const said = made.message ? made.message.content : made.text;
      if (typeof content === 'string') t.equal(said, content || (others.tool_calls ? null : ''), file);
      t.equal(made.finish_reason, finish_reason, file);
      for (const [name, value] of Object.entries(others)) {
        if (value === null || name === 'role') continue;
        // One vendor numbers the calls of a whole answer too.
        const expected =
          name === 'tool_calls'
            ? (value as Parsed[]).map(({ index: _, ...call }) => call)
            : (value as Parsed);
        t.match(made.message[name], expected, `${file}: ${name}`);
      }
    }
    t.match(
      once,
      Object.fromEntries(Object.entries(head).filter(([, value]) => value !== null)),
      `${file}: the rest`,
    );
  }
  t.end();
});

t.test("unfolded chat fits OpenAI's schema of chunks and reads as a whole answer", (t) => {
  const fits = openaiSchema('CreateChatCompletionStreamResponse');
  for (const { file, answer } of [...answers().folded, ...answers().whole].filter(
    ({ dialect }) => dialect === chat,
  )) {
    const events = chat.unfold?.(answer, counting) ?? [];
    // One vendor has a service tier that OpenAI does not know, another a fingerprint that is null.
    const errors = parsed(events)
      .flatMap(fits)
      .filter((error) => !/^\/(service_tier|system_fingerprint)/.test(error));
    t.strictSame(errors, [], file);
    t.match(readStream(chat, events), { outcome: 'whole', terminal: true }, file);
  }
  t.end();
});

t.test('reasoning comes before content, the role before both, the reason last', (t) => {
  const answer = {
    id: 'a',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    extra: [1],
    choices: [
      {
        index: 0,
        message: {
          content: 'hi',
          role: 'assistant',
          reasoning_content: 'hm',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        logprobs: { content: [{ token: 'hi' }], refusal: null },
        finish_reason: 'tool_calls',
      },
      { index: 1, message: { role: 'assistant', content: 'ho' }, finish_reason: 'stop' },
    ],
    usage: { total_tokens: 3 },
  };
  const chunks = parsed(chat.unfold?.(answer, makeCall()));
  t.strictSame(
    chunks.map(({ choices: [{ index, delta, finish_reason }] }) => [index, delta, finish_reason]),
    [
      [0, { role: 'assistant', content: '' }, null],
      [0, { reasoning_content: 'hm' }, null],
      [0, { content: 'hi' }, null],
      [
        0,
        { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
        null,
      ],
      [0, {}, 'tool_calls'],
      [1, { role: 'assistant', content: '' }, null],
      [1, { content: 'ho' }, null],
      [1, {}, 'stop'],
    ],
  );
  t.strictSame(chunks.filter(({ extra }) => extra).length, 1, 'what else it has is said once');
  t.ok(
    chunks.every(
      ({ id, object, created, model }) =>
        id === 'a' && object === 'chat.completion.chunk' && created === 1 && model === 'm',
    ),
  );
  t.equal(chunks.filter(({ choices: [{ logprobs }] }) => logprobs !== null).length, 1);
  t.end();
});

t.test('a stream has usage only for a client that requested it', (t) => {
  const answer = {
    choices: [{ message: { content: 'a' }, finish_reason: 'stop' }],
    usage: { total_tokens: 3 },
  };
  const usages = (call = makeCall()) =>
    parsed(chat.unfold?.(answer, call)).flatMap(({ usage, choices }) => (usage ? [[usage, choices]] : []));
  t.strictSame(usages(), []);
  t.strictSame(usages(makeCall({ stream_options: { include_usage: false } })), []);
  t.strictSame(usages(counting), [[{ total_tokens: 3 }, []]]);
  t.strictSame(usages({ ...makeCall(), raw: Buffer.from('no JSON') }), []);
  t.strictSame(
    parsed(completions.unfold?.({ choices: [{ text: 'a' }], usage: { total_tokens: 3 } }, counting)).at(-1)
      .usage,
    { total_tokens: 3 },
  );
  t.end();
});

t.test('content in parts is unfolded as text and reasoning', (t) => {
  const mistral = vendorAnswers().find(({ file }) => file === 'mistral/mistral-reasoning.json');
  const chunks = parsed(chat.unfold?.(JSON.parse(String(mistral?.body)), makeCall()));
  t.strictSame(
    chunks.map(({ choices: [{ delta }] }) => delta),
    [
      { role: 'assistant', content: '' },
      { reasoning_content: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.' },
      { content: '2 + 2 = 4' },
      {},
    ],
  );
  t.end();
});

t.test("unfolded responses fit OpenAI's schema of events", (t) => {
  const fits = openaiSchema('ResponseStreamEvent');
  const fitsWhole = openaiSchema('Response');
  let checked = 0;
  for (const { file, answer } of [...answers().folded, ...answers().whole].filter(
    ({ dialect }) => dialect === responses,
  )) {
    // Recorded before two members were as the description has them now.
    const { user, ...rest } = answer as Parsed;
    const response = { ...rest, ...(user ? { user } : {}) };
    response.usage = {
      ...rest.usage,
      input_tokens_details: { cache_write_tokens: 0, ...rest.usage?.input_tokens_details },
    };
    if (fitsWhole(response).length > 0) continue;
    checked += 1;
    const events = responses.unfold?.(response, makeCall()) ?? [];
    for (const body of parsed(events)) t.strictSame(fits(body).slice(0, 3), [], `${file}: ${body.type}`);
    t.strictSame(
      parsed(events).map(({ sequence_number: number }) => number),
      [...events.keys()],
      `${file}: numbered`,
    );
    t.ok(
      events.every(({ event, data }) => event === JSON.parse(data).type),
      `${file}: named`,
    );
    t.match(readStream(responses, events), { outcome: 'whole', content: true }, file);
  }
  t.ok(checked > 30, `${checked} responses`);
  t.end();
});

t.test('a response ends by its status', (t) => {
  const endOf = (status: string) =>
    parsed(responses.unfold?.({ id: 'r', status, output: [] }, makeCall())).at(-1).type;
  t.equal(endOf('completed'), 'response.completed');
  t.equal(endOf('incomplete'), 'response.incomplete');
  t.equal(endOf('failed'), 'response.failed');
  t.end();
});

t.test('a body that is no answer unfolds to nothing', (t) => {
  for (const dialect of [chat, completions, responses])
    t.strictSame(dialect.unfold?.(null, makeCall()), [], dialect.surface);
  t.strictSame(chat.unfold?.({}, makeCall()), stream('[DONE]'));
  t.end();
});
