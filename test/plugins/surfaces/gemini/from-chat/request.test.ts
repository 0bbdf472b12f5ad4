/** A request of chat completions, as the Gemini API takes it. */
import t from 'tap';
import { refusal } from '../../openai/refusal.ts';
import { asGemini, CALL, tool, user } from './as-gemini.ts';

t.test('a request is said member by member', (t) => {
  for (const [given, expected] of [
    [
      {
        messages: [
          { role: 'system', content: 'Be kind' },
          { role: 'developer', content: [{ type: 'text', text: 'and short' }] },
          user('hi'),
        ],
      },
      {
        systemInstruction: { parts: [{ text: 'Be kind' }, { text: 'and short' }] },
        contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
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
            { type: 'file', file: { file_id: 'gs://bucket/a.mp4' } },
            { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
          ]),
        ],
      },
      {
        contents: [
          {
            role: 'user',
            parts: [
              { text: 'What?' },
              { inlineData: { mimeType: 'image/png', data: 'iVBO' } },
              { fileData: { mimeType: 'image/png', fileUri: 'https://a.example/b.png' } },
              { inlineData: { mimeType: 'application/pdf', data: 'JVBE' } },
              { fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/a.mp4' } },
              { inlineData: { mimeType: 'audio/wav', data: 'UklG' } },
            ],
          },
        ],
        dropped: ['cache_control'],
      },
    ],
    [
      {
        messages: [
          user('weather?'),
          { role: 'assistant', content: 'Let me see.' },
          { role: 'assistant', content: null, tool_calls: [CALL, { ...CALL, id: 'call_2' }] },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
          { role: 'tool', tool_call_id: 'call_2', content: '{"sky":"grey"}' },
          user('and?'),
        ],
      },
      {
        contents: [
          { role: 'user', parts: [{ text: 'weather?' }] },
          {
            role: 'model',
            parts: [
              { text: 'Let me see.' },
              { functionCall: { id: 'call_1', name: 'weather', args: { city: 'Bern' } } },
              { functionCall: { id: 'call_2', name: 'weather', args: { city: 'Bern' } } },
            ],
          },
          {
            role: 'user',
            parts: [
              { functionResponse: { id: 'call_1', name: 'weather', response: { output: 'sunny' } } },
              { functionResponse: { id: 'call_2', name: 'weather', response: { sky: 'grey' } } },
            ],
          },
          { role: 'user', parts: [{ text: 'and?' }] },
        ],
      },
    ],
    [
      { max_completion_tokens: 7, temperature: 2, top_p: 0.5, top_k: 3, seed: 1, stop: 'a', n: 2 },
      {
        generationConfig: {
          maxOutputTokens: 7,
          temperature: 2,
          topP: 0.5,
          topK: 3,
          seed: 1,
          stopSequences: ['a'],
          candidateCount: 2,
        },
      },
    ],
    [
      { max_tokens: 8, presence_penalty: 1, frequency_penalty: -1, logprobs: true, top_logprobs: 2 },
      {
        generationConfig: {
          maxOutputTokens: 8,
          presencePenalty: 1,
          frequencyPenalty: -1,
          responseLogprobs: true,
          logprobs: 2,
        },
      },
    ],
    [
      { response_format: { type: 'json_object' } },
      { generationConfig: { responseMimeType: 'application/json' } },
    ],
    [
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'a', schema: { type: 'object', $schema: 'x' } },
        },
      },
      {
        generationConfig: { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } },
        dropped: ['response_format.$schema'],
      },
    ],
    [{ modalities: ['text', 'image'] }, { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }],
    [
      { ...tool({ type: 'object', properties: {} }), tool_choice: 'auto' },
      {
        tools: [
          {
            functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object', properties: {} } }],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      },
    ],
    [{ ...tool({}), tool_choice: 'required' }, { toolConfig: { functionCallingConfig: { mode: 'ANY' } } }],
    [{ ...tool({}), tool_choice: 'none' }, { toolConfig: { functionCallingConfig: { mode: 'NONE' } } }],
    [
      { ...tool({}), tool_choice: { type: 'function', function: { name: 'f' } } },
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } } },
    ],
    [
      {
        ...tool({}),
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
        },
      },
      { toolConfig: { functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['f'] } } },
    ],
    [{ tool_choice: 'auto' }, { toolConfig: undefined }],
    [{ ...tool({}), parallel_tool_calls: false }, { dropped: ['parallel_tool_calls'] }],
    [
      { user: 'u', metadata: {}, store: false, service_tier: 'auto' },
      { dropped: ['service_tier', 'metadata', 'store', 'user'] },
    ],
    [{ n: 1, logprobs: false, logit_bias: {}, modalities: ['text'] }, { generationConfig: undefined }],
    [
      {
        extra_body: {
          google: { thinking_config: { thinking_budget: 5 }, cached_content: 'cachedContents/a' },
        },
      },
      { generationConfig: { thinkingConfig: { thinkingBudget: 5 } }, cachedContent: 'cachedContents/a' },
    ],
  ] as const)
    t.match(asGemini(given), expected, JSON.stringify(given).slice(0, 100));
  t.notOk('model' in asGemini({}), 'the path names the model');
  t.end();
});

t.test('what the Gemini API cannot say is refused by its name', (t) => {
  for (const [given, member] of [
    [{ logit_bias: { 5: 1 } }, 'logit_bias'],
    [{ audio: { voice: 'a' } }, 'audio'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ of_tomorrow: 1 }, 'of_tomorrow'],
    [{ response_format: { type: 'grammar' } }, 'response_format'],
    [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'tools[0].type'],
    [{ tools: ['f'] }, 'tools[0]'],
    [{ ...tool({}), tool_choice: 'sometimes' }, 'tool_choice'],
    [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ modalities: ['smell'] }, 'modalities'],
    [{ extra_body: { google: { tomorrow: 1 } } }, 'extra_body.google.tomorrow'],
    [{ messages: [user([{ type: 'dance' }])] }, 'messages[0].content[0].type'],
    [{ messages: [user([{ type: 'file', file: { file_id: 'file-1' } }])] }, 'messages[0].content[0].file'],
    [{ messages: [{ role: 'function', name: 'f', content: '' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'tool', tool_call_id: 'nowhere', content: '' }] }, 'messages[0].tool_call_id'],
  ] as const)
    t.equal(refusal(() => asGemini(given)).param, member, JSON.stringify(given));
  t.end();
});
