/** What Ollama's clients ask, as chat completions, completions and embeddings have it. */
import t from 'tap';
import { translations } from '../../../../plugins/surfaces/ollama/formats.ts';
import type { Parsed } from '../../../switchyard.ts';

for (const { load } of translations) await load?.();
const named = (name: string) => translations.find((one) => one.name === name)!;
const toChat = named('ollama-chat-to-chat');
const PNG = 'iVBORw0KGgoAAAANSUhEUg==';
const WAV = Buffer.from('RIFF0000WAVEfmt ').toString('base64');

function asked(body: object, by = toChat): Parsed {
  const dropped: string[] = [];
  return { ...by.request({ model: 'm', ...body }, dropped), dropped };
}
const said = (...messages: object[]): Parsed => asked({ messages }).messages;

t.test('a request is said member by member', (t) => {
  const user = { role: 'user', content: 'hi' };
  for (const [given, expected] of [
    [{ messages: [user] }, { messages: [user], stream: true, dropped: [] }],
    [{ stream: false }, { stream: false }],
    [{ stream: null }, { stream: true }],
    [{ think: true }, { reasoning_effort: 'medium' }],
    [{ think: 'high' }, { reasoning_effort: 'high' }],
    [{ think: 'max' }, { reasoning_effort: 'high' }],
    [{ think: false }, { reasoning_effort: undefined, dropped: ['think'] }],
    [{ format: 'json' }, { response_format: { type: 'json_object' } }],
    [
      { format: { type: 'object' } },
      { response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } } },
    ],
    [{ format: '' }, { response_format: undefined }],
    [{ format: {} }, { response_format: { type: 'json_object' } }],
    [
      { options: { num_predict: 9, stop: ['a'], temperature: 0, top_p: 0.5, seed: 1 } },
      { max_tokens: 9, stop: ['a'], temperature: 0, top_p: 0.5, seed: 1, options: undefined },
    ],
    [
      { model: 'gpt-5', options: { num_predict: 9 } },
      { max_completion_tokens: 9, max_tokens: undefined },
    ],
    [{ options: { num_predict: -1, stop: [] } }, { max_tokens: undefined, stop: undefined }],
    [{ options: { num_ctx: 8, num_gpu: 1 } }, { dropped: ['options.num_ctx', 'options.num_gpu'] }],
    [
      { options: { top_k: 0, min_p: 0, repeat_penalty: 1, repeat_last_n: 64, mirostat: 0, mirostat_tau: 5 } },
      { dropped: [] },
    ],
    [{ keep_alive: '5m', truncate: true, shift: false }, { dropped: ['keep_alive', 'truncate', 'shift'] }],
    [
      { logprobs: true, top_logprobs: 2 },
      { logprobs: true, top_logprobs: 2 },
    ],
    [{ logprobs: false, top_logprobs: 0 }, { logprobs: undefined }],
    [
      { tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] },
      { tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] },
    ],
    [{ tools: [] }, { tools: undefined }],
  ] as const)
    t.match(asked({ messages: [user], ...given }), expected, JSON.stringify(given));
  t.end();
});

t.test('what chat has no word for is refused by name', (t) => {
  for (const [body, param] of [
    [{ options: { top_k: 40 } }, 'options.top_k'],
    [{ options: { min_p: 0.1 } }, 'options.min_p'],
    [{ options: { repeat_penalty: 1.1 } }, 'options.repeat_penalty'],
    [{ options: { repeat_penalty: 1.1, repeat_last_n: 64 } }, 'options.repeat_penalty'],
    [{ options: { mirostat: 2 } }, 'options.mirostat'],
    [{ options: { unheard_of: 1 } }, 'options.unheard_of'],
    [{ unheard_of: 1 }, 'unheard_of'],
    [{ _debug_render_only: true }, '_debug_render_only'],
    [{ think: 'very' }, 'think'],
    [{ format: 'yaml' }, 'format'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0]'],
    [{ messages: [{ role: 'narrator', content: '' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: ['hi'] }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: '', audio: 'x' }] }, 'messages[0].audio'],
    [{ messages: [{ role: 'assistant', content: '', images: [PNG] }] }, 'messages[0].images'],
    [{ messages: [{ role: 'tool', content: 'seen' }] }, 'messages[0]'],
  ] as const)
    t.throws(() => asked({ messages: [], ...body }), { code: 'not_translatable', param }, param);
  for (const [body, param] of [
    [{ template: '{{ .Prompt }}' }, 'template'],
    [{ context: [1, 2] }, 'context'],
  ] as const)
    t.throws(() => asked({ prompt: 'hi', ...body }, named('ollama-generate-to-chat')), {
      code: 'not_translatable',
      param,
    });
  for (const [body, param] of [
    [{ system: 'Be kind' }, 'system'],
    [{ images: [PNG] }, 'images'],
    [{ format: 'json' }, 'format'],
  ] as const)
    t.throws(() => asked({ prompt: 'hi', raw: true, ...body }, named('ollama-complete-to-completions')), {
      code: 'not_translatable',
      param,
    });
  t.end();
});

t.test('pictures and sound are recognised by their bytes', (t) => {
  const url = `data:image/png;base64,${PNG}`;
  t.strictSame(said({ role: 'user', content: 'What is it?', images: [PNG, WAV] }), [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url } },
        { type: 'input_audio', input_audio: { data: WAV, format: 'wav' } },
      ],
    },
  ]);
  t.match(said({ role: 'user', content: '', images: ['/9j/4AAQSkZJRg=='] }), [
    { content: [{ image_url: { url: 'data:image/jpeg;base64,/9j/4AAQSkZJRg==' } }] },
  ]);
  t.match(said({ role: 'user', content: '', images: [url] }), [{ content: [{ image_url: { url } }] }]);
  t.end();
});

t.test('results find their calls by id, by name, or by their order', (t) => {
  const call = (name: string, id?: string) => ({
    ...(id && { id }),
    function: { name, arguments: { at: 1 } },
  });
  const turns = (calls: object[], ...results: object[]) => [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: '', thinking: 'Hm.', tool_calls: calls },
    ...results.map((result) => ({ role: 'tool', content: 'seen', ...result })),
  ];
  const ids = (messages: object[]) => {
    const [, { tool_calls: calls }, ...results] = said(...messages);
    return [calls.map(({ id }: Parsed) => id), results.map(({ tool_call_id: id }: Parsed) => id)];
  };
  t.match(said(...turns([call('look')], {}))[1], {
    role: 'assistant',
    content: null,
    reasoning_content: 'Hm.',
    tool_calls: [{ id: 'call_1_0', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
  });
  t.strictSame(ids(turns([call('a', 'x'), call('b', 'y')], { tool_call_id: 'y' }, { tool_call_id: 'x' })), [
    ['x', 'y'],
    ['y', 'x'],
  ]);
  t.strictSame(
    ids(turns([call('a'), call('b'), call('a')], { tool_name: 'b' }, { tool_name: 'a' }, { tool_name: 'a' })),
    [
      ['call_1_0', 'call_1_1', 'call_1_2'],
      ['call_1_1', 'call_1_0', 'call_1_2'],
    ],
  );
  t.strictSame(ids(turns([call('a'), call('b')], {}, {})), [
    ['call_1_0', 'call_1_1'],
    ['call_1_0', 'call_1_1'],
  ]);
  t.strictSame(
    said(...turns([call('a')], {})),
    said(...turns([call('a')], {}, {}).slice(0, 3)),
    'an id that was made up stays the same',
  );
  t.end();
});

t.test('a prompt is a turn of a conversation, or is continued as it is', (t) => {
  const generate = named('ollama-generate-to-chat');
  t.match(asked({ prompt: 'hi', system: 'Be kind', options: { num_predict: 5 } }, generate), {
    messages: [
      { role: 'system', content: 'Be kind' },
      { role: 'user', content: 'hi' },
    ],
    max_tokens: 5,
    stream: true,
  });
  t.match(asked({ prompt: 'see', images: [PNG] }, generate), {
    messages: [{ content: [{ type: 'text' }, { type: 'image_url' }] }],
  });
  t.strictSame(
    asked(
      {
        prompt: 'def f(',
        suffix: 'return x',
        raw: true,
        stream: false,
        options: { num_predict: 5, stop: '\n' },
      },
      named('ollama-complete-to-completions'),
    ),
    {
      model: 'm',
      prompt: 'def f(',
      suffix: 'return x',
      stream: false,
      max_tokens: 5,
      stop: '\n',
      dropped: [],
    },
  );
  t.end();
});

t.test('texts to embed are an input, and come back in their order', (t) => {
  const embed = named('ollama-embed-to-embeddings');
  t.strictSame(asked({ input: ['a', 'b'], truncate: true, dimensions: 2, keep_alive: 0 }, embed), {
    model: 'm',
    input: ['a', 'b'],
    encoding_format: 'float',
    dimensions: 2,
    dropped: ['keep_alive', 'truncate'],
  });
  t.throws(() => asked({ input: [] }, embed), { message: /^'input' / }, 'there is nothing to embed');
  const packed = Buffer.from(new Float32Array([0.5, -1]).buffer).toString('base64');
  const data = [
    { index: 1, embedding: packed },
    { index: 0, embedding: [1, 2] },
  ];
  t.match(embed.answer({ model: 'own', data, usage: { prompt_tokens: 3 } }), {
    model: 'own',
    embeddings: [
      [1, 2],
      [0.5, -1],
    ],
    prompt_eval_count: 3,
    total_duration: Number,
  });
  const old = named('ollama-embeddings-to-embeddings');
  t.match(asked({ prompt: 'a' }, old), { input: 'a' });
  t.strictSame(old.answer({ data: [{ index: 0, embedding: [1] }] }), { embedding: [1] });
  t.end();
});
