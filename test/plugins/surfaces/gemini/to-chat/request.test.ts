/** A request of the Gemini API, as chat completions take it. */
import t from 'tap';
import { geminiToChat } from '../../../../../plugins/surfaces/gemini/to-chat/index.ts';
import { wrapped } from '../../../../../plugins/surfaces/gemini/to-chat/wrapped-signature.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { refusal } from '../../openai/refusal.ts';

function asChat(body: object) {
  const dropped: string[] = [];
  const request: Parsed = geminiToChat.request(
    { model: 'own', stream: false, contents: [], ...body },
    dropped,
  );
  return { ...request, dropped };
}

const says = (...parts: object[]) => ({ contents: [{ role: 'user', parts }] });
const config = (generationConfig: object) => ({ generationConfig });
const weather = { name: 'weather', description: 'Tells it' };
const THOUGHT = {
  type: 'reasoning.text',
  text: 'Hm.',
  signature: 'sig',
  format: 'anthropic-claude-v1',
  index: 0,
};

t.test('a request is said member by member', (t) => {
  for (const [given, expected] of [
    [
      { systemInstruction: { parts: [{ text: 'Be kind' }, { text: 'and short' }] }, ...says({ text: 'hi' }) },
      {
        model: 'own',
        messages: [
          { role: 'system', content: 'Be kind\n\nand short' },
          { role: 'user', content: 'hi' },
        ],
      },
    ],
    [
      { system_instruction: { parts: { text: 'Be kind' } }, contents: { parts: { text: 'hi' } } },
      {
        messages: [
          { role: 'system', content: 'Be kind' },
          { role: 'user', content: 'hi' },
        ],
      },
    ],
    [
      says(
        { text: 'What?' },
        { inlineData: { mimeType: 'image/png', data: 'iVBO' } },
        { inline_data: { mime_type: 'application/pdf', data: 'JVBE', display_name: 'a.pdf' } },
        { inlineData: { mimeType: 'audio/mpeg', data: 'SUQz' } },
        { fileData: { mimeType: 'image/png', fileUri: 'https://a.example/b' }, mediaResolution: 'HIGH' },
      ),
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
              { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
              { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
              { type: 'image_url', image_url: { url: 'https://a.example/b' } },
            ],
          },
        ],
        dropped: ['parts.mediaResolution'],
      },
    ],
    [
      {
        contents: [
          { role: 'user', parts: [{ text: 'weather?' }] },
          {
            role: 'model',
            parts: [
              { text: 'Thinking', thought: true },
              { text: 'Let me see.' },
              { functionCall: { name: 'weather', args: { city: 'Bern' } }, thoughtSignature: 'R29vZ2xl' },
              { functionCall: { name: 'weather', args: { city: 'Basel' } } },
              { functionCall: { id: 'own-id', name: 'time' } },
            ],
          },
          {
            role: 'user',
            parts: [
              { functionResponse: { name: 'weather', response: { output: 'sunny' } } },
              { functionResponse: { name: 'weather', response: { sky: 'grey' } } },
              { functionResponse: { id: 'own-id', name: 'time', response: { result: 'noon' } } },
              { text: 'and?' },
            ],
          },
        ],
      },
      {
        messages: [
          { role: 'user', content: 'weather?' },
          {
            role: 'assistant',
            content: 'Let me see.',
            reasoning_content: 'Thinking',
            reasoning_details: undefined,
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
              {
                id: 'call_2',
                type: 'function',
                function: { name: 'weather', arguments: '{"city":"Basel"}' },
              },
              { id: 'own-id', type: 'function', function: { name: 'time', arguments: '{}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
          { role: 'tool', tool_call_id: 'call_2', content: '{"sky":"grey"}' },
          { role: 'tool', tool_call_id: 'own-id', content: '{"result":"noon"}' },
          { role: 'user', content: 'and?' },
        ],
        dropped: ['thoughtSignature'],
      },
    ],
    [
      {
        contents: [
          {
            role: 'model',
            parts: [
              { functionCall: { name: 'weather', args: {} }, thoughtSignature: wrapped([THOUGHT]) },
              { executableCode: { language: 'PYTHON', code: '1+1' } },
              { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '2\n' } },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'assistant',
            content: '\n```python\n1+1\n```\n\n```\n2\n```\n',
            reasoning_details: [THOUGHT],
            tool_calls: [{ id: 'call_1' }],
          },
        ],
        dropped: [],
      },
    ],
    [
      config({
        temperature: 1,
        topP: 0.9,
        topK: 64,
        maxOutputTokens: 7,
        stopSequences: ['a'],
        seed: 1,
        candidateCount: 2,
        presencePenalty: 1,
        frequencyPenalty: -1,
        responseLogprobs: true,
        logprobs: 2,
        responseMimeType: 'text/plain',
        responseModalities: ['TEXT'],
      }),
      {
        temperature: 1,
        top_p: 0.9,
        max_tokens: 7,
        stop: ['a'],
        seed: 1,
        n: 2,
        presence_penalty: 1,
        frequency_penalty: -1,
        logprobs: true,
        top_logprobs: 2,
        modalities: undefined,
        response_format: undefined,
        dropped: ['topK'],
      },
    ],
    [{ model: 'gpt-5', ...config({ max_output_tokens: 7 }) }, { max_completion_tokens: 7 }],
    [config({ responseMimeType: 'application/json' }), { response_format: { type: 'json_object' } }],
    [
      config({
        responseMimeType: 'application/json',
        responseSchema: {
          type: 'OBJECT',
          propertyOrdering: ['a'],
          properties: {
            a: { type: 'ARRAY', items: { type: 'STRING', format: 'enum', enum: ['x'] }, maxItems: '3' },
            nullable: { type: 'INTEGER', nullable: true },
          },
        },
      }),
      {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'answer',
            schema: {
              type: 'object',
              properties: {
                a: { type: 'array', items: { type: 'string', enum: ['x'] }, maxItems: 3 },
                nullable: { type: ['integer', 'null'] },
              },
            },
          },
        },
      },
    ],
    [
      config({ thinkingConfig: { thinkingBudget: -1, includeThoughts: true } }),
      { reasoning_effort: undefined },
    ],
    [config({ thinkingConfig: { thinkingBudget: 8_192 } }), { reasoning_effort: 'medium' }],
    [config({ thinking_config: { thinking_level: 'HIGH' } }), { reasoning_effort: 'high' }],
    [
      config({ thinkingConfig: { thinkingBudget: 0 } }),
      { reasoning_effort: undefined, dropped: ['thinkingBudget'] },
    ],
    [
      {
        tools: [
          { functionDeclarations: [{ ...weather, parameters: { type: 'OBJECT', properties: {} } }] },
          {
            function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object', $schema: 'x' } }],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      },
      {
        tools: [
          { type: 'function', function: { ...weather, parameters: { type: 'object', properties: {} } } },
          { type: 'function', function: { name: 'f', parameters: { type: 'object', $schema: 'x' } } },
        ],
        tool_choice: 'auto',
      },
    ],
    [
      {
        tools: [{ functionDeclarations: [weather, { name: 'f' }, { name: 'g' }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] } },
      },
      { tools: [{ function: { name: 'f' } }, { function: { name: 'g' } }], tool_choice: 'required' },
    ],
    [
      {
        tools: [{ functionDeclarations: [weather, { name: 'f' }] }],
        tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f'] } },
      },
      { tools: [{ function: { name: 'f' } }], tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
    [
      {
        tools: [{ functionDeclarations: [weather] }],
        toolConfig: { functionCallingConfig: { mode: 'NONE' } },
      },
      { tool_choice: 'none' },
    ],
    [
      { safetySettings: [{ category: 'a', threshold: 'BLOCK_NONE' }], labels: { a: 'b' }, tools: [] },
      { dropped: ['safetySettings', 'labels'], tools: undefined },
    ],
  ] as const)
    t.match(asChat(given), expected, JSON.stringify(given).slice(0, 100));
  t.end();
});

t.test('what chat cannot say is refused by its name', (t) => {
  const nth = (kind: string): string => `contents[0].parts[0].${kind}`;
  for (const [given, member] of [
    [{ cachedContent: 'cachedContents/a' }, 'cachedContent'],
    [{ tools: [{ googleSearch: {} }] }, 'tools[0].googleSearch'],
    [{ tools: [{ functionDeclarations: [weather] }, { code_execution: {} }] }, 'tools[1].codeExecution'],
    [{ tools: [{ urlContext: {} }] }, 'tools[0].urlContext'],
    [{ toolConfig: { retrievalConfig: {} } }, 'toolConfig.retrievalConfig'],
    [
      {
        tools: [{ functionDeclarations: [weather] }],
        toolConfig: { functionCallingConfig: { mode: 'SOME' } },
      },
      'toolConfig.functionCallingConfig.mode',
    ],
    [config({ responseMimeType: 'text/x.enum' }), 'generationConfig.responseMimeType'],
    [config({ speechConfig: {} }), 'generationConfig.speechConfig'],
    [config({ responseModalities: ['AUDIO'] }), 'generationConfig.responseModalities'],
    [config({ ofTomorrow: 1 }), 'generationConfig.ofTomorrow'],
    [{ ofTomorrow: 1 }, 'ofTomorrow'],
    [{ contents: [{ role: 'stranger', parts: [] }] }, 'contents[0].role'],
    [{ contents: 5 }, 'contents'],
    [says({ fileData: { fileUri: 'gs://a/b.png' } }), nth('fileData.fileUri')],
    [says({ fileData: { fileUri: 'https://youtu.be/a' } }), nth('fileData.fileUri')],
    [says({ inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }), nth('inlineData.mimeType')],
    [says({ ofTomorrow: {} }), nth('ofTomorrow')],
    [says({ functionResponse: { name: 'f', response: {} } }), nth('functionResponse.name')],
  ] as const)
    t.equal(refusal(() => asChat(given)).param, member, JSON.stringify(given));
  t.end();
});
