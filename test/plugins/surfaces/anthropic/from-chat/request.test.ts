import t from 'tap';
import { chatToMessages } from '../../../../../plugins/surfaces/anthropic/from-chat/index.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { refusal } from '../../openai/refusal.ts';
import { user } from './provider-of-messages.ts';

const weather = { name: 'weather', parameters: { type: 'object', properties: {} } };

function asMessages(body: object) {
  const dropped: string[] = [];
  const request: Parsed = chatToMessages.request({ model: 'claude-opus-5', messages: [], ...body }, dropped);
  return { ...request, dropped };
}

const CALL = {
  id: 'call_1',
  type: 'function' as const,
  function: { name: 'weather', arguments: '{"city":"Bern"}' },
};

const THOUGHT = {
  type: 'reasoning.text',
  text: 'Hm.',
  signature: 'sig',
  format: 'anthropic-claude-v1',
  index: 0,
};

const TOOLS = { tools: [{ type: 'function', function: weather }] };

t.test('a request is translated member by member', (t) => {
  for (const [given, expected] of [
    [
      {
        messages: [
          { role: 'system', content: 'Be kind' },
          { role: 'developer', content: 'and short' },
          user('hi'),
        ],
      },
      {
        system: [
          { type: 'text', text: 'Be kind' },
          { type: 'text', text: 'and short' },
        ],
        messages: [user([{ type: 'text', text: 'hi' }])],
      },
    ],
    [
      {
        messages: [
          user([
            { type: 'text', text: 'What?', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
            { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
          ]),
        ],
      },
      {
        messages: [
          user([
            { type: 'text', text: 'What?', cache_control: { type: 'ephemeral' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
            { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
            },
          ]),
        ],
      },
    ],
    [
      {
        messages: [
          user('weather?'),
          {
            role: 'assistant',
            content: '',
            reasoning_details: [THOUGHT],
            tool_calls: [CALL, { ...CALL, id: 'functions.weather:1' }],
          },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
          { role: 'tool', tool_call_id: 'functions.weather:1', content: [{ type: 'text', text: 'rain' }] },
          user('and?'),
        ],
      },
      {
        messages: [
          user([{ type: 'text', text: 'weather?' }]),
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
              { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Bern' } },
              { type: 'tool_use', id: 'functions_weather_1', name: 'weather', input: { city: 'Bern' } },
            ],
          },
          user([
            { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: 'sunny' }] },
            {
              type: 'tool_result',
              tool_use_id: 'functions_weather_1',
              content: [{ type: 'text', text: 'rain' }],
            },
            { type: 'text', text: 'and?' },
          ]),
        ],
      },
    ],
    [{ max_completion_tokens: 7 }, { max_tokens: 7 }],
    [{ max_tokens: 8 }, { max_tokens: 8 }],
    [{}, { max_tokens: 64_000 }],
    [{ model: 'claude-3-haiku-20240307' }, { max_tokens: 4_096 }],
    [{ model: 'claude-3-5-haiku-20241022' }, { max_tokens: 8_192 }],
    [{ model: 'claude-opus-4-20250514' }, { max_tokens: 32_000 }],
    [{ model: 'claude-sonnet-4-5-20250929' }, { max_tokens: 64_000 }],
    [{ stop: 'a' }, { stop_sequences: ['a'] }],
    [
      { stop: ['a', 'b'], temperature: 1, top_p: 0.5 },
      { stop_sequences: ['a', 'b'], temperature: 1, top_p: 0.5 },
    ],
    [
      { user: 'u', seed: 1, store: false },
      { metadata: { user_id: 'u' }, dropped: ['seed', 'store'] },
    ],
    [
      {
        tools: [{ type: 'function', function: { ...weather, strict: true } }],
        tool_choice: 'required',
        parallel_tool_calls: false,
      },
      {
        tools: [{ name: 'weather', input_schema: weather.parameters, strict: true }],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      },
    ],
    [
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      { tools: [{ name: 'f', input_schema: { type: 'object' } }] },
    ],
    [{ ...TOOLS, tool_choice: 'auto' }, { tool_choice: { type: 'auto' } }],
    [{ ...TOOLS, tool_choice: 'none' }, { tool_choice: { type: 'none' } }],
    [{ tool_choice: 'auto', parallel_tool_calls: false }, { tool_choice: undefined }],
    [
      { parallel_tool_calls: false, tools: [] },
      { tool_choice: undefined, tools: undefined },
    ],
    [
      { tool_choice: { type: 'function', function: { name: 'f' } } },
      { tool_choice: { type: 'tool', name: 'f' } },
    ],
    [
      {
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema: weather.parameters } },
        reasoning_effort: 'low',
      },
      {
        output_config: { format: { type: 'json_schema', schema: weather.parameters }, effort: 'low' },
        thinking: { type: 'adaptive' },
      },
    ],
    [
      { model: 'claude-sonnet-4-5', reasoning_effort: 'high' },
      { thinking: { type: 'enabled', budget_tokens: 16_384 } },
    ],
    [
      { model: 'claude-sonnet-4-5', reasoning_effort: 'high', max_tokens: 4_000 },
      { thinking: { budget_tokens: 2_000 } },
    ],
    [
      { model: 'claude-3-haiku-20240307', reasoning_effort: 'low' },
      { thinking: undefined, dropped: ['reasoning_effort'] },
    ],
    [
      { reasoning_effort: 'low', tool_choice: 'required' },
      { thinking: undefined, dropped: ['reasoning_effort'] },
    ],
    [{ reasoning_effort: 'none' }, { thinking: undefined, dropped: [] }],
    [
      {
        model: 'claude-sonnet-4-5',
        reasoning_effort: 'low',
        messages: [
          user('a'),
          { role: 'assistant', tool_calls: [CALL] },
          { role: 'tool', tool_call_id: 'call_1', content: 'b' },
        ],
      },
      { thinking: undefined, dropped: ['reasoning_effort'] },
    ],
    [{ n: 1, logprobs: false, presence_penalty: 0, modalities: ['text'], logit_bias: {} }, { dropped: [] }],
  ] as const)
    t.match(asMessages(given), expected, JSON.stringify(given).slice(0, 100));
  t.end();
});

t.test('what has no equivalent in messages is refused by its name', (t) => {
  for (const [given, member] of [
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ temperature: 1.5 }, 'temperature'],
    [{ presence_penalty: 1 }, 'presence_penalty'],
    [{ logit_bias: { 5: 1 } }, 'logit_bias'],
    [{ response_format: { type: 'json_schema' } }, 'response_format'],
    [{ audio: { voice: 'a' } }, 'audio'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ of_tomorrow: 1 }, 'of_tomorrow'],
    [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'tools[0].type'],
    [{ tools: ['f'] }, 'tools[0]'],
    [{ tool_choice: { type: 'allowed_tools' } }, 'tool_choice'],
    [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ messages: [user([{ type: 'input_audio' }])] }, 'messages[0].content[0].type'],
    [{ messages: [user([{ type: 'file', file: { file_id: 'f' } }])] }, 'messages[0].content[0].file'],
    [{ messages: [{ role: 'function', name: 'f', content: '' }] }, 'messages[0].role'],
  ] as const)
    t.equal(refusal(() => asMessages(given)).param, member, JSON.stringify(given));
  t.end();
});
