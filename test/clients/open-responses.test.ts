/**
 * The list by which Open Responses (openresponses.org) judges an API, in our own words: what each request must be answered
 * with, and what an answer and an event must have. Its schema is stricter than OpenAI's: nearly nothing may be missing.
 */
import t from 'tap';
import type { Parsed } from '../switchyard.ts';
import { openaiSchema } from '../openai-schema.ts';
import { CHAT, chunk, recorded, says, startStandIn, streams, type Reply } from '../servers/stand-in.ts';
import { startSwitchyard } from '../switchyard.ts';
import { readRecording } from '../upstream/recordings.ts';

type Is = (value: unknown) => boolean;

const isText: Is = (value) => typeof value === 'string';
const isWhole: Is = (value) => Number.isInteger(value);
const isNumber: Is = (value) => typeof value === 'number';
const isTruth: Is = (value) => typeof value === 'boolean';
const isMap: Is = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const orNull =
  (is: Is): Is =>
  (value) =>
    value === null || is(value);

/** Members that must be there, and what they must be. */
const RESPONSE: Readonly<Record<string, Is>> = {
  id: isText,
  object: (value) => value === 'response',
  created_at: isWhole,
  completed_at: orNull(isWhole),
  status: isText,
  incomplete_details: orNull(isMap),
  model: isText,
  previous_response_id: orNull(isText),
  instructions: orNull(isText),
  output: Array.isArray,
  error: orNull(isMap),
  tools: Array.isArray,
  tool_choice: (value) => isText(value) || isMap(value),
  truncation: (value) => value === 'auto' || value === 'disabled',
  parallel_tool_calls: isTruth,
  text: isMap,
  top_p: isNumber,
  presence_penalty: isNumber,
  frequency_penalty: isNumber,
  top_logprobs: isWhole,
  temperature: isNumber,
  reasoning: orNull(isMap),
  usage: orNull(isMap),
  max_output_tokens: orNull(isWhole),
  max_tool_calls: orNull(isWhole),
  store: isTruth,
  background: isTruth,
  service_tier: isText,
  metadata: isMap,
  safety_identifier: orNull(isText),
  prompt_cache_key: orNull(isText),
};
const USAGE: Readonly<Record<string, Is>> = {
  input_tokens: isWhole,
  output_tokens: isWhole,
  total_tokens: isWhole,
  input_tokens_details: (value) => isMap(value) && isWhole((value as Parsed).cached_tokens),
  output_tokens_details: (value) => isMap(value) && isWhole((value as Parsed).reasoning_tokens),
};
const TOOL: Readonly<Record<string, Is>> = {
  name: isText,
  description: orNull(isText),
  parameters: orNull(isMap),
  strict: orNull(isTruth),
};
const ITEMS: Readonly<Record<string, Readonly<Record<string, Is>>>> = {
  message: { id: isText, status: isText, role: isText, content: Array.isArray },
  function_call: { id: isText, call_id: isText, name: isText, arguments: isText, status: isText },
  reasoning: { id: isText, summary: Array.isArray },
};
const TEXT: Readonly<Record<string, Is>> = {
  text: isText,
  annotations: Array.isArray,
  logprobs: Array.isArray,
};
/** Places of an event, by its type. */
const PLACES: readonly (readonly [type: RegExp, members: readonly string[]])[] = [
  [/^response\.output_item\./, ['output_index']],
  [/^response\.(?:content_part|output_text|refusal)\./, ['output_index', 'content_index']],
  [/^response\.function_call_arguments\./, ['output_index']],
];

function wrongIn(value: Parsed, members: Readonly<Record<string, Is>>, path: string): string[] {
  return Object.entries(members)
    .filter(([name, is]) => !is(value?.[name]))
    .map(([name]) => `${path}.${name}: ${JSON.stringify(value?.[name])}`);
}

/** What is wrong with a response. */
function wrongInResponse(response: Parsed): string[] {
  const { output = [], tools = [], usage } = response ?? {};
  return [
    ...wrongIn(response, RESPONSE, 'response'),
    ...(usage ? wrongIn(usage, USAGE, 'usage') : []),
    ...tools
      .filter(({ type }: Parsed) => type === 'function')
      .flatMap((tool: Parsed) => wrongIn(tool, TOOL, 'tool')),
    ...output.flatMap((item: Parsed) => wrongIn(item, ITEMS[item.type] ?? {}, item.type)),
    ...output
      .flatMap(({ content = [] }: Parsed) => content)
      .filter(({ type }: Parsed) => type === 'output_text')
      .flatMap((part: Parsed) => wrongIn(part, TEXT, 'output_text')),
  ];
}

const isEvent = openaiSchema('ResponseStreamEvent');

/** What is wrong with a stream's events, in their order. */
function wrongInEvents(events: readonly Parsed[]): string[] {
  const types = events.map(({ type }) => type);
  return [
    ...(types[0] === 'response.created' ? [] : [`it begins with ${types[0]}`]),
    ...(/^response\.(?:completed|incomplete|failed)$/.test(types.at(-1))
      ? []
      : [`it ends with ${types.at(-1)}`]),
    ...events
      .filter(({ sequence_number: at }, nth) => at !== nth)
      .map(({ type }) => `${type} is out of order`),
    ...events.flatMap((event) => isEvent(event).map((wrong) => `${event.type}: ${wrong}`)),
    ...events.flatMap((event) => {
      const [, members = []] = PLACES.find(([type]) => type.test(event.type)) ?? [];
      return members.filter((name) => !isWhole(event[name])).map((name) => `${event.type}.${name}`);
    }),
    ...events.filter(({ response }) => response).flatMap(({ response }) => wrongInResponse(response)),
  ];
}

const user = (content: unknown) => ({ type: 'message', role: 'user', content });
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WEATHER = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather at a place now',
  parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
};

/** The requests of the list. */
const CASES: Readonly<Record<string, { readonly body: Record<string, unknown>; readonly calls?: boolean }>> =
  {
    'a text': { body: { input: [user('Say hello in three words.')] } },
    'a system prompt': {
      body: {
        input: [{ type: 'message', role: 'system', content: 'You are a pirate.' }, user('Say hello.')],
      },
    },
    'a tool': { body: { input: [user('How is the weather in Paris?')], tools: [WEATHER] }, calls: true },
    'an image': {
      body: {
        input: [
          user([
            { type: 'input_text', text: 'What do you see?' },
            { type: 'input_image', image_url: PIXEL },
          ]),
        ],
      },
    },
    'several turns': {
      body: {
        input: [
          user('My name is Alice.'),
          { type: 'message', role: 'assistant', content: 'Hello Alice!' },
          user('What is my name?'),
        ],
      },
    },
  };

/** Answers with a call where there are tools, else with a text. */
const provider: Reply = (asked) => {
  const { tools, stream } = asked.body;
  const call = {
    id: 'call_1',
    type: 'function',
    function: { name: 'get_weather', arguments: '{"location":"Paris"}' },
  };
  const said = tools ? { tool_calls: [call] } : { content: 'Hello there, you.' };
  const reason = tools ? 'tool_calls' : 'stop';
  const usage = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 };
  if (!stream)
    return says(200, {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'own',
      choices: [{ index: 0, message: { role: 'assistant', content: null, ...said }, finish_reason: reason }],
      usage,
    })(asked);
  const deltas = tools
    ? [{ tool_calls: [{ index: 0, ...call }] }]
    : [{ content: 'Hello' }, { content: ' there.' }];
  const last = { ...chunk({}, reason), usage };
  return streams([chunk({ role: 'assistant' }), ...deltas.map((delta) => chunk(delta)), last, '[DONE]'])(
    asked,
  );
};

t.test('a provider of chat completions', async (t) => {
  const server = await startStandIn(t, { [CHAT]: provider });
  const chatOnly = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['chat'],
    models: { m: 'own' },
  };
  const switchyard = await startSwitchyard(t, { providers: { chatOnly } });
  for (const [name, { body, calls }] of Object.entries(CASES)) {
    const whole = await switchyard.ask('/v1/responses', { body: { model: 'm', ...body, stream: false } });
    t.equal(whole.status, 200, name);
    const response = whole.json();
    t.strictSame(wrongInResponse(response), [], name);
    t.equal(response.status, 'completed');
    t.ok(response.output.length > 0);
    if (calls) t.match(response.output, [{ type: 'function_call', name: 'get_weather', call_id: 'call_1' }]);
    const { events: payloads } = await switchyard.ask('/v1/responses', {
      body: { model: 'm', ...body, stream: true },
    });
    const events = payloads.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data));
    t.strictSame(wrongInEvents(events), [], `${name}, streamed`);
    t.match(events.at(-1), { type: 'response.completed', response: { status: 'completed' } });
    if (!calls) continue;
    t.ok(
      events.some(({ type, item }) => type === 'response.output_item.added' && item.type === 'function_call'),
    );
    t.ok(events.some(({ type }) => type === 'response.function_call_arguments.delta'));
    t.ok(events.some(({ type }) => type === 'response.function_call_arguments.done'));
    t.ok(
      events.some(({ type, item }) => type === 'response.output_item.done' && item.type === 'function_call'),
    );
  }
  t.match(
    server.asked.filter(({ path }) => path === CHAT).map(({ body }) => body.messages),
    [
      [[{ role: 'user' }]],
      [[{ role: 'system' }, { role: 'user' }]],
      [[{ role: 'user' }]],
      [[{ role: 'user', content: [{ type: 'text' }, { type: 'image_url', image_url: { url: PIXEL } }] }]],
      [[{ role: 'user' }, { role: 'assistant' }, { role: 'user' }]],
    ].flatMap(([messages]) => [messages, messages]),
    'nothing of the requests is lost',
  );
});

t.test('a provider of the API itself', async (t) => {
  const RESPONSES = 'POST /v1/responses';
  const server = await startStandIn(t, {});
  const native = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['responses'],
    models: { m: 'own' },
  };
  const switchyard = await startSwitchyard(t, { providers: { native } });
  for (const name of ['openai-shell-local-multiturn.1', 'openai-client-tool-search.2']) {
    const file = `openai/responses--${name}`;
    for (const { body } of Object.values(CASES)) {
      server.replies[RESPONSES] = recorded(`${file}.json`);
      const whole = await switchyard.ask('/v1/responses', { body: { model: 'm', ...body } });
      t.strictSame(wrongInResponse(whole.json()), [], name);
      t.equal(whole.text, readRecording(`${file}.json`).body.toString(), 'as the provider wrote it');
      t.strictSame(server.asked.at(-1)?.body, { model: 'own', ...body });
    }
    server.replies[RESPONSES] = recorded(`${file}.chunks.txt`);
    const { events } = await switchyard.ask('/v1/responses', {
      body: { model: 'm', input: 'hi', stream: true },
    });
    const last = JSON.parse(events.at(-1) as string);
    t.match(last, { type: 'response.completed' });
    t.strictSame(wrongInResponse(last.response), [], `${name}, streamed`);
  }
});
