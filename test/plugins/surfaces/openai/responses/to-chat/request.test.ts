import t from 'tap';
import { sealed } from '../../../../../../plugins/surfaces/openai/responses/encrypted-reasoning.ts';
import { responsesToChat } from '../../../../../../plugins/surfaces/openai/responses/to-chat/index.ts';
import type { Parsed } from '../../recorded.ts';
import { refusal } from '../../refusal.ts';

const user = (content: unknown) => ({ role: 'user', content });
const FUNCTION = { type: 'function', name: 'now', parameters: { type: 'object' }, strict: true };
const CHAT_FUNCTION = {
  type: 'function',
  function: { name: 'now', parameters: { type: 'object' }, strict: true },
};

function asChat(body: object) {
  const dropped: string[] = [];
  const request: Parsed = responsesToChat.request({ model: 'm', input: 'hi', ...body }, dropped);
  return { ...request, dropped };
}

t.test('a request is translated member by member', (t) => {
  const image = { type: 'input_image', image_url: 'https://a.example/b.png', detail: 'low' };
  for (const [given, expected] of [
    [{}, { messages: [user('hi')], dropped: [] }],
    [{ instructions: 'Be kind' }, { messages: [{ role: 'system', content: 'Be kind' }, user('hi')] }],
    [
      { instructions: 'One', input: [{ role: 'developer', content: 'Two' }, user('hi')] },
      { messages: [{ role: 'system', content: 'One\n\nTwo' }, user('hi')] },
    ],
    [
      { model: 'gpt-5.2', input: [{ role: 'developer', content: 'Two' }], max_output_tokens: 9 },
      { messages: [{ role: 'developer', content: 'Two' }], max_completion_tokens: 9 },
    ],
    [{ max_output_tokens: 9 }, { max_tokens: 9 }],
    [
      { input: [{ type: 'message', id: 'msg_1', ...user([{ type: 'input_text', text: 'hi' }, image]) }] },
      {
        messages: [
          user([
            { type: 'text', text: 'hi' },
            { type: 'image_url', image_url: { url: 'https://a.example/b.png', detail: 'low' } },
          ]),
        ],
      },
    ],
    [
      {
        input: [
          user([{ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' }]),
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
      { text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'a', schema: { type: 'object' }, strict: true },
        },
      },
    ],
    [{ text: { format: { type: 'json_object' } } }, { response_format: { type: 'json_object' } }],
    [{ text: { format: { type: 'text' }, verbosity: 'low' } }, { verbosity: 'low', dropped: [] }],
    [{ reasoning: { effort: 'high', summary: 'auto' } }, { reasoning_effort: 'high', dropped: [] }],
    [
      { include: ['message.output_text.logprobs', 'reasoning.encrypted_content'], top_logprobs: 3 },
      { logprobs: true, top_logprobs: 3, dropped: [] },
    ],
    [{ tools: [FUNCTION] }, { tools: [CHAT_FUNCTION] }],
    [
      { tools: [FUNCTION], tool_choice: { type: 'function', name: 'now' }, parallel_tool_calls: false },
      { tool_choice: { type: 'function', function: { name: 'now' } }, parallel_tool_calls: false },
    ],
    [{ tools: [FUNCTION], tool_choice: 'required' }, { tool_choice: 'required' }],
    [
      {
        tools: [FUNCTION, { ...FUNCTION, name: 'then' }],
        tool_choice: {
          type: 'allowed_tools',
          mode: 'required',
          tools: [{ type: 'function', name: 'now' }],
        },
      },
      { tools: [CHAT_FUNCTION], tool_choice: 'required' },
    ],
    [{ tools: [], tool_choice: 'auto', parallel_tool_calls: true }, { messages: [user('hi')] }],
    [
      { metadata: { a: '1' }, client_metadata: { b: '2' }, truncation: 'auto', max_tool_calls: 3 },
      { dropped: ['metadata', 'client_metadata', 'truncation', 'max_tool_calls'] },
    ],
    [
      { metadata: {}, truncation: 'disabled', store: false, background: false, service_tier: 'auto' },
      { dropped: [], service_tier: undefined },
    ],
    [
      { prompt_cache_key: 'k', service_tier: 'flex', safety_identifier: 's', user: 'u', temperature: 0.5 },
      { prompt_cache_key: 'k', service_tier: 'flex', safety_identifier: 's', user: 'u', temperature: 0.5 },
    ],
  ] as const)
    t.match(asChat(given), expected, JSON.stringify(given));
  t.end();
});

t.test('what a model did in one turn is one message, and each result follows its call', (t) => {
  const call = (id: string, name: string) => ({
    type: 'function_call',
    id: `fc_${id}`,
    call_id: id,
    name,
    arguments: '{"a":1}',
    status: 'completed',
  });
  const details = [{ type: 'reasoning.text', text: 'Hm', signature: 's', index: 0 }];
  const picture = { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' };
  const { messages } = asChat({
    input: [
      user('hi'),
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm' }],
        encrypted_content: sealed(details),
      },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Two things.', annotations: [], logprobs: [] }],
      },
      call('call_1', 'now'),
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'patch', input: '*** "a"\n' },
      {
        type: 'function_call_output',
        call_id: 'call_1',
        output: [{ type: 'input_text', text: 'x' }, picture],
      },
      { type: 'custom_tool_call_output', call_id: 'call_2', output: 'done' },
    ],
  });
  t.strictSame(messages, [
    user('hi'),
    {
      role: 'assistant',
      content: 'Two things.',
      reasoning_content: 'Hm',
      reasoning_details: details,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'now', arguments: '{"a":1}' } },
        {
          id: 'call_2',
          type: 'function',
          function: { name: 'patch', arguments: '{"input":"*** \\"a\\"\\n"}' },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'x' },
    { role: 'tool', tool_call_id: 'call_2', content: 'done' },
    user([
      { type: 'text', text: 'What the tool call call_1 returned:' },
      { type: 'image_url', image_url: { url: picture.image_url } },
    ]),
  ]);
  t.end();
});

t.test('reasoning that only OpenAI can read is left out, and said so', (t) => {
  const { messages, dropped } = asChat({
    input: [
      user('hi'),
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' },
      { role: 'assistant', content: 'Hello' },
    ],
  });
  t.strictSame(messages.at(-1), { role: 'assistant', content: 'Hello' });
  t.strictSame(dropped, ['input.encrypted_content']);
  t.end();
});

t.test('a custom tool is a function of one text; tools in a namespace have its name before theirs', (t) => {
  const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
  const inner = { ...FUNCTION, name: 'spawn' };
  const { tools, dropped } = asChat({
    tools: [
      { type: 'custom', name: 'patch', description: 'Patches.', format: grammar },
      { type: 'namespace', name: 'agents', description: 'Agents.', tools: [inner] },
      {
        type: 'namespace',
        name: 'n'.repeat(40),
        description: 'x',
        tools: [{ ...inner, name: 'a'.repeat(40) }],
      },
      { type: 'web_search', external_web_access: false },
    ],
  });
  t.match(tools, [
    {
      type: 'function',
      function: {
        name: 'patch',
        description: /^Patches\.\n\n.*lark grammar:\nstart: "a"$/,
        parameters: { properties: { input: { type: 'string' } }, required: ['input'] },
      },
    },
    { type: 'function', function: { name: 'agents__spawn' } },
    { type: 'function', function: { name: /^n{40}__a{13}_[0-9a-f]{8}$/ } },
  ]);
  t.equal(tools.length, 3);
  t.strictSame(
    dropped,
    ['tools.format', 'tools.web_search'],
    'a search beside tools of its own can be missed',
  );
  t.end();
});

t.test('what chat cannot say is refused by its name', (t) => {
  const item = (type: string, more: object = {}) => ({ input: [{ type, ...more }] });
  for (const [given, param] of [
    [{ background: true }, 'background'],
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [{ tools: [FUNCTION, { type: 'file_search', vector_store_ids: ['vs'] }] }, 'tools[1].type'],
    [{ tools: [FUNCTION, { type: 'code_interpreter', container: { type: 'auto' } }] }, 'tools[1].type'],
    [{ tools: [{ type: 'mcp', server_label: 'a' }] }, 'tools[0].type'],
    [{ tools: [{ type: 'local_shell' }] }, 'tools[0].type'],
    [{ tools: [{ type: 'image_generation' }] }, 'tools[0].type'],
    [{ tools: [FUNCTION], tool_choice: { type: 'web_search_preview' } }, 'tool_choice.type'],
    [{ tools: [FUNCTION], tool_choice: { type: 'function', name: 'other' } }, 'tool_choice.name'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [item('web_search_call', { id: 'ws_1', status: 'completed' }), 'input[0].type'],
    [item('item_reference', { id: 'msg_1' }), 'input[0].type'],
    [item('compaction', { encrypted_content: 'x' }), 'input[0].type'],
    [
      { input: [user([{ type: 'input_image', file_id: 'file_1', detail: 'auto' }])] },
      'input[0].content[0].file_id',
    ],
    [{ input: [user([{ type: 'input_image', image_url: 1 }])] }, 'input[0].content[0].image_url'],
    [
      { input: [user([{ type: 'input_file', file_url: 'https://a.example' }])] },
      'input[0].content[0].file_url',
    ],
    [{ input: [{ role: 'critic', content: 'x' }] }, 'input[0].role'],
    [{ input: [] }, 'input'],
    [{ text: { format: { type: 'yaml' } } }, 'text.format'],
    [{ some_new_member: 1 }, 'some_new_member'],
  ] as const) {
    const error = refusal(() => asChat(given));
    t.match(error, { code: 'not_translatable', statusCode: 400, param }, JSON.stringify(given));
  }
  t.match(refusal(() => asChat({ input: undefined })).message, /^'input' is missing/);
  t.end();
});
