import t from 'tap';
import { chatToConverse } from '../../../../../plugins/surfaces/bedrock/from-chat/index.ts';
import type { Parsed } from '../../../../switchyard.ts';

const CLAUDE = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';
const user = (content: unknown) => ({ role: 'user', content });

function made(body: object, dropped: string[] = []): Parsed {
  return chatToConverse.request({ model: CLAUDE, messages: [user('hi')], ...body }, dropped);
}

function refused(body: object): Parsed {
  try {
    made(body);
  } catch (error) {
    return error;
  }
  return undefined;
}

t.test('a conversation with tools, pictures and documents', (t) => {
  const call = { id: 'call.1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } };
  const body = made({
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    stop: 'END',
    tools: [
      {
        type: 'function',
        function: { name: 'look', description: 'looks', strict: true, parameters: { properties: {} } },
        cache_control: { type: 'ephemeral' },
      },
    ],
    tool_choice: 'required',
    messages: [
      {
        role: 'system',
        content: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
      user([
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } },
        { type: 'image_url', image_url: { url: 's3://bucket/a.png' } },
        {
          type: 'file',
          file: { filename: 'my_file (1).pdf', file_data: 'data:application/pdf;base64,BBBB' },
        },
        {
          type: 'file',
          file: { filename: 'my_file (1).pdf', file_data: 'data:application/pdf;base64,CCCC' },
        },
      ]),
      { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'call.2' }] },
      { role: 'tool', tool_call_id: 'call.1', content: 'seen' },
      {
        role: 'tool',
        tool_call_id: 'call.2',
        content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,DDDD' } }],
      },
      user('and?'),
    ],
  });
  t.strictSame(body, {
    system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
    messages: [
      {
        role: 'user',
        content: [
          { text: 'What is this?' },
          { image: { format: 'jpeg', source: { bytes: 'AAAA' } } },
          { image: { format: 'png', source: { s3Location: { uri: 's3://bucket/a.png' } } } },
          { document: { format: 'pdf', name: 'my-file (1)', source: { bytes: 'BBBB' } } },
          { document: { format: 'pdf', name: 'my-file (1)-2', source: { bytes: 'CCCC' } } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'call_1', name: 'look', input: { a: 1 } } },
          { toolUse: { toolUseId: 'call_2', name: 'look', input: { a: 1 } } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'call_1', content: [{ text: 'seen' }] } },
          {
            toolResult: {
              toolUseId: 'call_2',
              content: [{ image: { format: 'png', source: { bytes: 'DDDD' } } }],
            },
          },
          { text: 'and?' },
        ],
      },
    ],
    inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
    toolConfig: {
      tools: [
        {
          toolSpec: {
            name: 'look',
            description: 'looks',
            inputSchema: { json: { type: 'object', properties: {}, additionalProperties: false } },
            strict: true,
          },
        },
        { cachePoint: { type: 'default' } },
      ],
      toolChoice: { any: {} },
    },
  });
  t.end();
});

t.test('signed thought goes back, and what another model thought does not', (t) => {
  const dropped: string[] = [];
  const details = [
    { type: 'reasoning.text', text: 'hm', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
    { type: 'reasoning.encrypted', data: 'AAAA', format: 'anthropic-claude-v1', index: 1 },
    { type: 'reasoning.text', text: 'x', signature: 'other', format: 'google-gemini-v1', index: 2 },
  ];
  const { messages } = made(
    {
      messages: [
        user('hi'),
        { role: 'assistant', content: 'yes', reasoning_content: 'hm', reasoning_details: details },
        user('and?'),
        { role: 'assistant', content: 'no', reasoning_content: 'unsigned' },
      ],
    },
    dropped,
  );
  t.strictSame(messages[1].content, [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'sig' } } },
    { reasoningContent: { redactedContent: 'AAAA' } },
    { text: 'yes' },
  ]);
  t.strictSame(messages[3].content, [{ text: 'no' }]);
  t.strictSame(dropped, ['messages.reasoning_details', 'messages.reasoning_content']);
  t.end();
});

t.test('an effort of thinking is said as the model takes it', (t) => {
  const fields = (body: object): Parsed => made(body).additionalModelRequestFields;
  t.strictSame(fields({ reasoning_effort: 'medium' }), {
    thinking: { type: 'enabled', budget_tokens: 8192 },
  });
  t.strictSame(fields({ reasoning_effort: 'high', max_tokens: 4096 }), {
    thinking: { type: 'enabled', budget_tokens: 2048 },
  });
  const newer = made({ model: 'global.anthropic.claude-opus-4-6-v1', reasoning_effort: 'high' });
  t.strictSame(newer.additionalModelRequestFields, { thinking: { type: 'adaptive' } });
  t.strictSame(newer.outputConfig, { effort: 'high' });
  t.strictSame(fields({ model: 'openai.gpt-oss-120b-1:0', reasoning_effort: 'low' }), {
    reasoning_effort: 'low',
  });
  for (const body of [{ temperature: 0.2 }, { max_tokens: 500 }, { model: 'amazon.nova-pro-v1:0' }]) {
    const dropped: string[] = [];
    t.notOk('additionalModelRequestFields' in made({ reasoning_effort: 'low', ...body }, dropped));
    t.strictSame(dropped, ['reasoning_effort']);
  }
  t.end();
});

t.test('calls in the conversation need their tools: where none are given they are named', (t) => {
  const call = { id: 'c', type: 'function', function: { name: 'look', arguments: '' } };
  const messages = [
    user('hi'),
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: '' },
  ];
  const body = made({ messages });
  t.strictSame(
    body.toolConfig.tools.map(({ toolSpec }: Parsed) => toolSpec.name),
    ['look'],
  );
  t.strictSame(body.messages[2].content, [{ toolResult: { toolUseId: 'c', content: [] } }]);
  const tools = [{ type: 'function', function: { name: 'look' } }];
  t.match(refused({ messages, tools, tool_choice: 'none' }), {
    code: 'not_translatable',
    param: 'tool_choice',
  });
  t.notOk('toolConfig' in made({ tools, tool_choice: 'none' }), 'without calls no tool is no tool');
  t.end();
});

t.test('a schema of the answer, a tier, and what only this API has', (t) => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  const guardrailConfig = { guardrailIdentifier: 'g', guardrailVersion: '1' };
  const body = made({
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } },
    service_tier: 'priority',
    guardrailConfig,
    top_k: 5,
  });
  t.strictSame(body.outputConfig, {
    textFormat: {
      type: 'json_schema',
      structure: {
        jsonSchema: { schema: JSON.stringify({ ...schema, additionalProperties: false }), name: 'n' },
      },
    },
  });
  t.strictSame(body.serviceTier, { type: 'priority' });
  t.strictSame(body.guardrailConfig, guardrailConfig);
  t.strictSame(body.additionalModelRequestFields, { top_k: 5 });
  t.strictSame(made({ model: 'amazon.nova-pro-v1:0', top_k: 5 }).additionalModelRequestFields, {
    inferenceConfig: { topK: 5 },
  });
  t.end();
});

t.test('what it cannot say is refused by its name, wishes are left out', (t) => {
  for (const [member, value] of [
    ['n', 2],
    ['logprobs', true],
    ['temperature', 1.5],
    ['presence_penalty', 1],
    ['response_format', { type: 'json_schema' }],
    ['tools', 'none'],
    ['unknown_member', 1],
  ] as const)
    t.match(refused({ [member]: value }), { code: 'not_translatable', param: member }, member);
  const parts = [
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'file', file: { file_id: 'f' } },
    { type: 'input_audio', input_audio: {} },
    { type: 'other' },
  ];
  for (const part of parts)
    t.match(refused({ messages: [user([part])] }), {
      code: 'not_translatable',
      param: /^messages\[0\]\.content\[0\]/,
    });
  const dropped: string[] = [];
  made({ seed: 1, user: 'u', metadata: {}, parallel_tool_calls: false, store: true, n: 1 }, dropped);
  t.strictSame(dropped.sort(), ['metadata', 'parallel_tool_calls', 'seed', 'store', 'user']);
  t.end();
});
