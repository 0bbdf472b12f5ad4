import t from 'tap';
import { messagesToChat } from '../../../../../plugins/surfaces/anthropic/to-chat/index.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { refusal } from '../../openai/refusal.ts';

const user = (content: unknown) => ({ role: 'user', content });
const CACHE = { cache_control: { type: 'ephemeral' } };
const PNG = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };

function asChat(body: object) {
  const dropped: string[] = [];
  const request: Parsed = messagesToChat.request(
    { model: 'm', max_tokens: 9, messages: [], ...body },
    dropped,
  );
  return { ...request, dropped };
}

const TOOLS = { tools: [{ name: 'f', input_schema: { type: 'object' } }] };

t.test('a request is translated member by member', (t) => {
  for (const [given, expected] of [
    [{ system: 'Be kind' }, { messages: [{ role: 'system', content: 'Be kind' }] }],
    [
      {
        system: [
          { type: 'text', text: 'One', ...CACHE },
          { type: 'text', text: 'Two' },
        ],
      },
      { messages: [{ role: 'system', content: 'One\n\nTwo' }], dropped: ['cache_control'] },
    ],
    [{ messages: [user('hi')] }, { messages: [user('hi')], max_tokens: 9 }],
    [{ model: 'gpt-5.1' }, { max_completion_tokens: 9, max_tokens: undefined }],
    [{ model: 'gpt-4o' }, { max_tokens: 9 }],
    [
      { stop_sequences: ['a', 'b'], temperature: 0.5, top_p: 0.9 },
      { stop: ['a', 'b'], temperature: 0.5, top_p: 0.9 },
    ],
    [
      {
        messages: [
          user([
            { type: 'text', text: 'What is it?' },
            { type: 'image', source: PNG },
          ]),
        ],
      },
      {
        messages: [
          user([
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          ]),
        ],
      },
    ],
    [
      { messages: [user([{ type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } }])] },
      { messages: [user([{ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }])] },
    ],
    [
      {
        messages: [
          user([
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
            },
          ]),
        ],
      },
      {
        messages: [
          user([
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
          ]),
        ],
      },
    ],
    [
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm.', signature: '' },
              { type: 'thinking', thinking: 'Secret.', signature: 'signed by a vendor' },
              { type: 'redacted_thinking', data: 'x' },
              { type: 'text', text: 'I look.' },
              { type: 'tool_use', id: 'a', name: 'look', input: { at: 1 } },
              { type: 'tool_use', id: 'b', name: 'look', input: {} },
            ],
          },
          user([
            { type: 'tool_result', tool_use_id: 'a', content: 'seen' },
            {
              type: 'tool_result',
              tool_use_id: 'b',
              content: [{ type: 'text', text: 'no' }],
              is_error: true,
            },
            { type: 'text', text: 'Go on' },
          ]),
        ],
      },
      {
        messages: [
          {
            role: 'assistant',
            content: 'I look.',
            reasoning_content: 'Hm.',
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
              { id: 'b', type: 'function', function: { name: 'look', arguments: '{}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'a', content: 'seen' },
          { role: 'tool', tool_call_id: 'b', content: 'Error: no' },
          user('Go on'),
        ],
        dropped: ['thinking', 'redacted_thinking'],
      },
    ],
    [
      {
        messages: [
          user([{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: PNG }] }]),
        ],
      },
      {
        messages: [
          { role: 'tool', tool_call_id: 'a', content: 'It is shown in the next message.' },
          user([{ type: 'text', text: 'What the tool call a returned:' }, { type: 'image_url' }]),
        ],
      },
    ],
    [
      { tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true, ...CACHE }] },
      {
        tools: [
          {
            type: 'function',
            function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
          },
        ],
        dropped: ['tools.cache_control'],
      },
    ],
    [{ ...TOOLS, tool_choice: { type: 'auto' } }, { tool_choice: 'auto' }],
    [{ ...TOOLS, tool_choice: { type: 'none' } }, { tool_choice: 'none' }],
    [
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      { tool_choice: undefined, parallel_tool_calls: undefined },
    ],
    [
      { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      { tool_choice: 'required', parallel_tool_calls: false },
    ],
    [
      { tool_choice: { type: 'tool', name: 'f' } },
      { tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
    [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, { reasoning_effort: 'low' }],
    [{ thinking: { type: 'enabled', budget_tokens: 31_999 } }, { reasoning_effort: 'high' }],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }, { reasoning_effort: 'medium' }],
    [{ thinking: { type: 'disabled' } }, { reasoning_effort: undefined }],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
        },
      },
    ],
    [
      {
        metadata: { user_id: 'u' },
        context_management: { edits: [] },
        service_tier: 'auto',
        mcp_servers: [],
      },
      { dropped: ['metadata', 'context_management', 'service_tier'] },
    ],
  ] as const)
    t.match(asChat(given), expected, JSON.stringify(given).slice(0, 100));
  t.end();
});

t.test('what has no equivalent in chat is refused by its name', (t) => {
  for (const [given, member] of [
    [{ top_k: 5 }, 'top_k'],
    [{ container: 'c' }, 'container'],
    [{ mcp_servers: [{ type: 'url' }] }, 'mcp_servers'],
    [{ of_tomorrow: true }, 'of_tomorrow'],
    [{ inference_geo: 'us' }, 'inference_geo'],
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0].type'],
    [{ tools: [{ name: 'f', input_schema: {}, of_tomorrow: 1 }] }, 'tools[0].of_tomorrow'],
    [{ tools: ['f'] }, 'tools[0]'],
    [{ tool_choice: { type: 'dance' } }, 'tool_choice'],
    [{ stop_sequences: 'END' }, 'stop_sequences'],
    [{ thinking: { type: 'between_tools' } }, 'thinking'],
    [{ output_config: { effort: 'enormous' } }, 'output_config.effort'],
    [{ output_config: { of_tomorrow: 1 } }, 'output_config.of_tomorrow'],
    [
      { messages: [user([{ type: 'image', source: { type: 'file', file_id: 'f' } }])] },
      'messages[0].content[0].source',
    ],
    [
      { messages: [user([{ type: 'search_result', citations: { enabled: true } }])] },
      'messages[0].content[0].citations',
    ],
    [
      { messages: [{ role: 'assistant', content: [{ type: 'server_tool_use' }] }] },
      'messages[0].content[0].type',
    ],
    [{ messages: [{ role: 'judge', content: '' }] }, 'messages[0].role'],
    [{ messages: 'hi' }, 'messages'],
    [
      {
        messages: [
          user([{ type: 'document', citations: { enabled: true }, source: { type: 'text', data: 'a' } }]),
        ],
      },
      'messages[0].content[0].citations',
    ],
  ] as const)
    t.equal(refusal(() => asChat(given)).param, member, JSON.stringify(given));
  t.end();
});
