/** A chat's request, as Cohere's own API has it. */
import t from 'tap';
import { chatToCohere } from '../../../../../plugins/surfaces/cohere/from-chat/index.ts';
import type { Parsed } from '../../../../switchyard.ts';

const user = (content: unknown) => ({ role: 'user', content });
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' }, ...more },
});

function asked(body: object): Parsed {
  const dropped: string[] = [];
  return { ...chatToCohere.request({ model: 'm', messages: [user('hi')], ...body }, dropped), dropped };
}

t.test('a request is said member by member', (t) => {
  for (const [given, expected] of [
    [{}, { model: 'm', messages: [user('hi')], dropped: [] }],
    [
      { stream: true, stream_options: { include_usage: true } },
      { stream: true, stream_options: undefined },
    ],
    [
      { max_tokens: 9, top_p: 0.5, top_k: 5, stop: 'a' },
      { max_tokens: 9, p: 0.5, k: 5, stop_sequences: ['a'] },
    ],
    [
      { max_completion_tokens: 9, stop: ['a', 'b'] },
      { max_tokens: 9, stop_sequences: ['a', 'b'] },
    ],
    [
      { temperature: 0.2, seed: 1, logprobs: true },
      { temperature: 0.2, seed: 1, logprobs: true },
    ],
    [{ reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    [{ reasoning_effort: 'low' }, { thinking: { type: 'enabled', token_budget: 2_048 } }],
    [{ reasoning_effort: 'high' }, { thinking: { type: 'enabled', token_budget: undefined } }],
    [{ response_format: { type: 'json_object' } }, { response_format: { type: 'json_object' } }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } } },
      { response_format: { type: 'json_object', json_schema: { type: 'object' } } },
    ],
    [{ tools: [tool('look')] }, { tools: [tool('look')], tool_choice: undefined }],
    [
      { tools: [{ type: 'function', function: { name: 'a' } }] },
      { tools: [{ function: { parameters: {} } }] },
    ],
    [{ tools: [tool('look', { strict: true })] }, { tools: [tool('look')], strict_tools: true }],
    [
      { tools: [tool('look', { strict: true }), tool('hear')] },
      { strict_tools: undefined, dropped: ['tools.function.strict'] },
    ],
    [{ tools: [tool('look')], tool_choice: 'required' }, { tool_choice: 'REQUIRED' }],
    [{ tools: [tool('look')], tool_choice: 'none' }, { tool_choice: 'NONE' }],
    [
      { tools: [tool('look'), tool('hear')], tool_choice: { type: 'function', function: { name: 'hear' } } },
      { tools: [tool('hear')], tool_choice: 'REQUIRED' },
    ],
    [
      { documents: ['a'], safety_mode: 'OFF' },
      { documents: ['a'], safety_mode: 'OFF' },
    ],
    [{ user: 'u', n: 1 }, { dropped: ['user'] }],
  ] as const)
    t.match(asked(given), expected, JSON.stringify(given));
  t.end();
});

t.test('messages keep their pictures, thoughts, plans and calls', (t) => {
  const called = { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } };
  const url = 'data:image/png;base64,iVBO';
  const { messages, dropped } = asked({
    messages: [
      {
        role: 'developer',
        content: [{ type: 'text', text: 'Be kind', cache_control: { type: 'ephemeral' } }],
      },
      user([
        { type: 'text', text: 'See' },
        { type: 'image_url', image_url: { url, detail: 'low' } },
      ]),
      { role: 'assistant', content: null, reasoning_content: 'I look.', tool_calls: [called] },
      { role: 'tool', tool_call_id: 'a', content: 'seen', name: 'look' },
      { role: 'assistant', content: 'A cat', reasoning_content: 'Hm.' },
    ],
  });
  t.strictSame(messages, [
    { role: 'system', content: [{ type: 'text', text: 'Be kind' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image_url', image_url: { url, detail: 'low' } },
      ],
    },
    { role: 'assistant', tool_plan: 'I look.', tool_calls: [called] },
    { role: 'tool', tool_call_id: 'a', content: 'seen' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.' },
        { type: 'text', text: 'A cat' },
      ],
    },
  ]);
  t.strictSame(dropped, ['cache_control', 'messages.name']);
  t.end();
});

t.test('what Cohere has no word for is refused by name', (t) => {
  for (const [body, param] of [
    [{ n: 2 }, 'n'],
    [{ logprobs: true, top_logprobs: 2 }, 'top_logprobs'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [{ reasoning_effort: 'very' }, 'reasoning_effort'],
    [{ logit_bias: { 5: 1 } }, 'logit_bias'],
    [{ messages: [user([{ type: 'input_audio', input_audio: {} }])] }, 'messages[0].content[0].type'],
    [
      { messages: [{ role: 'tool', tool_call_id: 'a', content: [{ type: 'image_url' }] }] },
      'messages[0].content[0].type',
    ],
    [{ messages: [{ role: 'function', content: '' }] }, 'messages[0].role'],
  ] as const)
    t.throws(() => asked(body), { code: 'not_translatable', param }, param);
  t.end();
});
