/** A chat's request, as Ollama's own API has it. */
import t from 'tap';
import { chatToOllama } from '../../../../../plugins/surfaces/ollama/from-chat/index.ts';
import type { Parsed } from '../../../../switchyard.ts';

const user = (content: unknown) => ({ role: 'user', content });
const TOOL = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } };

function asked(body: object): Parsed {
  const dropped: string[] = [];
  return { ...chatToOllama.request({ model: 'm', messages: [user('hi')], ...body }, dropped), dropped };
}

t.test('a request is said member by member', (t) => {
  for (const [given, expected] of [
    [{}, { model: 'm', messages: [user('hi')], stream: false, options: undefined, dropped: [] }],
    [
      { stream: true, stream_options: { include_usage: true } },
      { stream: true, stream_options: undefined },
    ],
    [
      { max_tokens: 9, temperature: 0, top_p: 0.5, seed: 1, stop: 'a', frequency_penalty: 0.5 },
      {
        options: { num_predict: 9, temperature: 0, top_p: 0.5, seed: 1, stop: ['a'], frequency_penalty: 0.5 },
      },
    ],
    [{ max_completion_tokens: 9, stop: ['a', 'b'] }, { options: { num_predict: 9, stop: ['a', 'b'] } }],
    [
      { top_k: 40, min_p: 0.1, repetition_penalty: 1.1, options: { num_ctx: 8, mirostat: 1 } },
      { options: { top_k: 40, min_p: 0.1, repeat_penalty: 1.1, num_ctx: 8, mirostat: 1 } },
    ],
    [
      { think: true, keep_alive: '1h' },
      { think: true, keep_alive: '1h' },
    ],
    [{ reasoning_effort: 'none' }, { think: false }],
    [{ reasoning_effort: 'minimal' }, { think: 'low' }],
    [{ reasoning_effort: 'xhigh' }, { think: 'max' }],
    [{ response_format: { type: 'text' } }, { format: undefined }],
    [{ response_format: { type: 'json_object' } }, { format: 'json' }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } } },
      { format: { type: 'object' } },
    ],
    [{ tools: [TOOL], tool_choice: 'auto', parallel_tool_calls: true }, { tools: [TOOL] }],
    [
      { tools: [{ ...TOOL, function: { ...TOOL.function, strict: true } }] },
      { tools: [TOOL], dropped: ['tools.function.strict'] },
    ],
    [{ tools: [TOOL], tool_choice: 'none' }, { tools: undefined }],
    [
      { n: 1, logit_bias: {}, logprobs: true, top_logprobs: 2 },
      { logprobs: true, top_logprobs: 2 },
    ],
    [{ user: 'u', store: true }, { dropped: ['store', 'user'] }],
  ] as const)
    t.match(asked(given), expected, JSON.stringify(given));
  t.end();
});

t.test('messages keep their pictures, thoughts and calls', (t) => {
  const { messages, dropped } = asked({
    messages: [
      { role: 'developer', content: 'Be kind' },
      user([
        { type: 'text', text: 'What' },
        { type: 'text', text: 'is it?', cache_control: { type: 'ephemeral' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
        { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
      ]),
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'Hm.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          { id: 'b', type: 'function', function: { name: 'hear', arguments: '' } },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: 'heard' },
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'seen' }], name: 'look' },
    ],
  });
  t.strictSame(messages, [
    { role: 'system', content: 'Be kind' },
    { role: 'user', content: 'What\nis it?', images: ['iVBO', 'UklG'] },
    {
      role: 'assistant',
      content: '',
      thinking: 'Hm.',
      tool_calls: [
        { id: 'a', function: { index: 0, name: 'look', arguments: { at: 1 } } },
        { id: 'b', function: { index: 1, name: 'hear', arguments: {} } },
      ],
    },
    { role: 'tool', content: 'heard', tool_name: 'hear', tool_call_id: 'b' },
    { role: 'tool', content: 'seen', tool_name: 'look', tool_call_id: 'a' },
  ]);
  t.strictSame(dropped, ['cache_control', 'messages.name']);
  t.end();
});

t.test('what Ollama has no word for is refused by name', (t) => {
  for (const [body, param] of [
    [{ n: 2 }, 'n'],
    [{ tools: [TOOL], tool_choice: 'required' }, 'tool_choice'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [{ logit_bias: { 5: 1 } }, 'logit_bias'],
    [{ reasoning_effort: 'very' }, 'reasoning_effort'],
    [{ messages: [user([{ type: 'file', file: {} }])] }, 'messages[0].content[0].type'],
    [
      { messages: [user([{ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }])] },
      'messages[0].content[0].image_url',
    ],
    [{ messages: [{ role: 'function', content: '' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'assistant', content: '', audio: { id: 'a' } }] }, 'messages[0].audio'],
  ] as const)
    t.throws(() => asked(body), { code: 'not_translatable', param }, param);
  t.end();
});
