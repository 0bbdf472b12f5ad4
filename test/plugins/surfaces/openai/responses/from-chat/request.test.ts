import t from 'tap';
import { chatToResponses } from '../../../../../../plugins/surfaces/openai/responses/from-chat/index.ts';
import { openaiSchema } from '../../../../../openai-schema.ts';
import type { Parsed } from '../../recorded.ts';
import { refusal } from '../../refusal.ts';

const user = (content: unknown) => ({ role: 'user', content });
const HI = [user('hi')];
const called = { name: 'now', parameters: { type: 'object' } };
const fits = openaiSchema('CreateResponse');

function asResponse(body: object) {
  const dropped: string[] = [];
  const request: Parsed = chatToResponses.request({ model: 'm', messages: HI, ...body }, dropped);
  return { ...request, dropped };
}

t.test('a request is translated member by member', (t) => {
  for (const [given, expected] of [
    [{}, { input: HI, store: false, dropped: [] }],
    [{ messages: [{ role: 'system', content: 'Be kind' }, ...HI] }, { instructions: 'Be kind', input: HI }],
    [
      { messages: [{ role: 'system', content: 'Be kind' }] },
      { input: [{ role: 'system', content: 'Be kind' }] },
    ],
    [
      {
        messages: [
          user([
            { type: 'text', text: 'What?' },
            { type: 'image_url', image_url: { url: 'https://a.example/b.png', detail: 'high' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
          ]),
        ],
      },
      {
        input: [
          user([
            { type: 'input_text', text: 'What?' },
            { type: 'input_image', image_url: 'https://a.example/b.png', detail: 'high' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
          ]),
        ],
      },
    ],
    [{ max_completion_tokens: 99 }, { max_output_tokens: 99 }],
    [{ max_tokens: 1 }, { max_output_tokens: 16 }],
    [
      { reasoning_effort: 'low', verbosity: 'high' },
      { reasoning: { effort: 'low' }, text: { verbosity: 'high' } },
    ],
    [
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'a', schema: { type: 'object' }, strict: true },
        },
      },
      { text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true } } },
    ],
    [
      {
        tools: [{ type: 'function', function: called }],
        tool_choice: 'required',
        parallel_tool_calls: false,
      },
      {
        tools: [{ type: 'function', ...called, strict: false }],
        tool_choice: 'required',
        parallel_tool_calls: false,
      },
    ],
    [
      {
        tools: [
          {
            type: 'custom',
            custom: {
              name: 'sql',
              format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'a' } },
            },
          },
        ],
        tool_choice: { type: 'custom', custom: { name: 'sql' } },
      },
      {
        tools: [
          { type: 'custom', name: 'sql', format: { type: 'grammar', syntax: 'regex', definition: 'a' } },
        ],
        tool_choice: { type: 'custom', name: 'sql' },
      },
    ],
    [
      {
        tools: [{ type: 'function', function: called }],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'now' } }] },
        },
      },
      { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'now' }] } },
    ],
    [
      { web_search_options: { search_context_size: 'low' } },
      { tools: [{ type: 'web_search', search_context_size: 'low' }] },
    ],
    [
      { logprobs: true, top_logprobs: 2, model: 'gpt-5.2' },
      {
        include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
        top_logprobs: 2,
      },
    ],
    [
      { store: true, model: 'o4-mini' },
      { store: true, include: undefined },
    ],
    [
      { seed: 1, n: 1, stop: [], user: 'u', metadata: { a: 'b' }, prompt_cache_key: 'k', stream_options: {} },
      { dropped: ['seed'], user: 'u', metadata: { a: 'b' }, prompt_cache_key: 'k' },
    ],
  ] as const) {
    const made = asResponse(given);
    t.match(made, expected, JSON.stringify(given));
    const { dropped: _, ...request } = made;
    // A message of parts fits two of the schema's kinds of messages, of which it allows one.
    const errors = fits(JSON.parse(JSON.stringify(request))).filter((error) => !error.startsWith('/input'));
    t.strictSame(errors, [], JSON.stringify(given));
  }
  t.end();
});

t.test('a turn of the model becomes its items, and what OpenAI sealed goes back', (t) => {
  const beside = { id: 'rs_1', format: 'openai-responses-v1', index: 0 };
  const { input, dropped } = asResponse({
    messages: [
      ...HI,
      {
        role: 'assistant',
        content: 'Two things.',
        reasoning_content: 'Hm',
        reasoning_details: [
          { type: 'reasoning.summary', summary: 'Hm', ...beside },
          { type: 'reasoning.encrypted', data: 'gAAA', ...beside },
        ],
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'now', arguments: '' } },
          { id: 'call_2', type: 'custom', custom: { name: 'sql', input: 'SELECT' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: '12' }] },
      { role: 'tool', tool_call_id: 'call_2', content: 'x' },
    ],
  });
  t.strictSame(input, [
    ...HI,
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm' }],
      encrypted_content: 'gAAA',
    },
    { role: 'assistant', content: 'Two things.' },
    { type: 'function_call', call_id: 'call_1', name: 'now', arguments: '{}' },
    { type: 'custom_tool_call', call_id: 'call_2', name: 'sql', input: 'SELECT' },
    { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: '12' }] },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: 'x' },
  ]);
  t.strictSame(dropped, []);
  const plain = asResponse({
    messages: [...HI, { role: 'assistant', content: 'Yes', reasoning_content: 'Hm' }],
  });
  t.strictSame(plain.input.at(-1), { role: 'assistant', content: 'Yes' });
  t.strictSame(plain.dropped, ['messages.reasoning_content']);
  t.end();
});

t.test('what the Responses API cannot say is refused by its name', (t) => {
  for (const [given, param] of [
    [{ n: 2 }, 'n'],
    [{ stop: ['a'] }, 'stop'],
    [{ presence_penalty: 1 }, 'presence_penalty'],
    [{ logit_bias: { 1: 2 } }, 'logit_bias'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [
      { messages: [user([{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }])] },
      'messages[0].content[0].type',
    ],
    [{ messages: [{ role: 'function', name: 'a', content: 'x' }] }, 'messages[0].role'],
    [{ tools: [{ type: 'retrieval' }] }, 'tools[0].type'],
    [{ response_format: { type: 'yaml' } }, 'response_format'],
    [{ top_k: 5 }, 'top_k'],
  ] as const) {
    const error = refusal(() => asResponse(given));
    t.match(error, { code: 'not_translatable', statusCode: 400, param }, JSON.stringify(given));
  }
  t.end();
});
