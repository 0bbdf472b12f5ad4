/** What one API and another can both say, although the chat between them has no word for it. */
import type { Parsed } from '../../switchyard.ts';

const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } });
const allowed = (...names: string[]) => ({
  type: 'allowed_tools',
  allowed_tools: { mode: 'required', tools: names.map((name) => ({ type: 'function', function: { name } })) },
});

interface Case {
  readonly path: string;
  readonly body: Record<string, unknown>;
  /** what the provider is asked, by its API; undefined: it is refused */
  readonly asked: Readonly<Record<string, Parsed>>;
  readonly dropped?: string;
  /** the provider's own name of the model */
  readonly model?: string;
}

const ask = { role: 'user', content: 'hi' };
const EPHEMERAL = { type: 'ephemeral' };
const CACHED = [
  { role: 'system', content: 'You list.', cache_control: EPHEMERAL },
  { ...ask, cache_control: EPHEMERAL },
];
const REPORT = 'https://example.com/report.pdf';
const PICTURE = 'data:image/png;base64,AAAA';

export const CASES: Readonly<Record<string, Case>> = {
  'top_k of messages': {
    path: '/v1/messages',
    body: { max_tokens: 100, top_k: 5, messages: [ask] },
    asked: {
      gemini: { generationConfig: { topK: 5 } },
      'ollama-chat': { options: { top_k: 5 } },
      'cohere-chat': { k: 5 },
      chat: undefined,
      responses: undefined,
    },
  },
  "Ollama's ways of sampling": {
    path: '/api/chat',
    body: { stream: false, messages: [ask], options: { top_k: 5, min_p: 0, repeat_penalty: 1 } },
    asked: {
      gemini: { generationConfig: { topK: 5 } },
      messages: { top_k: 5 },
      'cohere-chat': { k: 5 },
      chat: undefined,
    },
  },
  'some of the tools of a chat': {
    path: '/v1/chat/completions',
    body: { messages: [ask], tools: [tool('a'), tool('b'), tool('c')], tool_choice: allowed('a', 'c') },
    asked: {
      messages: { tools: [{ name: 'a' }, { name: 'c' }], tool_choice: { type: 'any' } },
      converse: {
        toolConfig: {
          tools: [{ toolSpec: { name: 'a' } }, { toolSpec: { name: 'c' } }],
          toolChoice: { any: {} },
        },
      },
      'cohere-chat': {
        tools: [{ function: { name: 'a' } }, { function: { name: 'c' } }],
        tool_choice: 'REQUIRED',
      },
      'ollama-chat': undefined,
    },
  },
  'one call at a time': {
    path: '/v1/chat/completions',
    body: { messages: [ask], tools: [tool('a')], parallel_tool_calls: false },
    asked: { 'cohere-chat': {}, 'ollama-chat': {}, gemini: {}, converse: {} },
    dropped: 'parallel_tool_calls',
  },
  'JSON of any form, where an API has no such mode': {
    path: '/v1/chat/completions',
    body: {
      messages: [{ role: 'system', content: 'You list.' }, ask],
      tools: [tool('a')],
      response_format: { type: 'json_object' },
    },
    asked: {
      messages: { system: [{ text: 'You list.' }, { type: 'text', text: /JSON object/ }] },
      converse: { system: [{ text: 'You list.' }, { text: /JSON object/ }] },
    },
    dropped: 'response_format',
  },
  'JSON of any form, where an API has a mode for it': {
    path: '/v1/chat/completions',
    body: { messages: [ask], response_format: { type: 'json_object' } },
    asked: {
      gemini: { generationConfig: { responseMimeType: 'application/json' } },
      responses: { text: { format: { type: 'json_object' } } },
      'ollama-chat': { format: 'json' },
      'cohere-chat': { response_format: { type: 'json_object' } },
    },
  },
  "JSON of any form, in Ollama's words": {
    path: '/api/chat',
    body: { stream: false, format: 'json', messages: [ask] },
    asked: {
      messages: { system: [{ text: /JSON object/ }] },
      converse: { system: [{ text: /JSON object/ }] },
    },
    dropped: 'response_format',
  },
  "JSON of any form, in Gemini's words": {
    path: '/v1beta/models/m:generateContent',
    body: {
      contents: [{ parts: [{ text: 'hi' }] }],
      generationConfig: { responseMimeType: 'application/json' },
    },
    asked: { messages: { system: [{ text: /JSON object/ }] } },
    dropped: 'response_format',
  },
  'what is said to the cache of a whole message': {
    path: '/v1/chat/completions',
    body: { messages: CACHED },
    asked: {
      messages: {
        system: [{ text: 'You list.', cache_control: EPHEMERAL }],
        messages: [{ content: [{ text: 'hi', cache_control: EPHEMERAL }] }],
      },
      converse: {
        system: [{ text: 'You list.' }, { cachePoint: { type: 'default' } }],
        messages: [{ content: [{ text: 'hi' }, { cachePoint: { type: 'default' } }] }],
      },
    },
  },
  'what is said to the cache, where an API keeps caches by itself': {
    path: '/v1/chat/completions',
    body: { messages: CACHED },
    asked: { gemini: {}, responses: {}, 'cohere-chat': {}, 'ollama-chat': {} },
    dropped: 'cache_control',
  },
  'pictures that a model has made': {
    path: '/v1/chat/completions',
    body: {
      messages: [
        { role: 'assistant', content: 'Look', images: [{ type: 'image_url', image_url: { url: PICTURE } }] },
        ask,
      ],
    },
    asked: {
      gemini: {
        contents: [
          { parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
          {},
        ],
      },
      messages: undefined,
      converse: undefined,
      responses: undefined,
    },
  },
  'a member of a message that no API knows': {
    path: '/v1/chat/completions',
    body: { messages: [{ ...ask, of_tomorrow: 'x' }] },
    asked: {
      messages: undefined,
      converse: undefined,
      gemini: undefined,
      responses: undefined,
      'cohere-chat': undefined,
      'ollama-chat': undefined,
    },
  },
  'a text file': {
    path: '/v1/chat/completions',
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file: { filename: 'a.md', file_data: 'data:text/markdown;base64,R3LDvMOfZQ==' } },
          ],
        },
      ],
    },
    asked: {
      messages: {
        messages: [
          {
            content: [
              {
                type: 'document',
                title: 'a.md',
                source: { type: 'text', media_type: 'text/plain', data: 'Grüße' },
              },
            ],
          },
        ],
      },
      converse: { messages: [{ content: [{ document: { format: 'md', name: 'a' } }] }] },
    },
  },
  'a file by its URL, of messages': {
    path: '/v1/messages',
    body: {
      max_tokens: 100,
      messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url: REPORT } }] }],
    },
    asked: {
      gemini: {
        contents: [{ parts: [{ fileData: { fileUri: REPORT, mimeType: 'application/pdf' } }] }],
      },
      responses: { input: [{ content: [{ type: 'input_file', file_url: REPORT }] }] },
      chat: undefined,
      converse: undefined,
      'cohere-chat': undefined,
      'ollama-chat': undefined,
    },
  },
  'a file by its URL, of responses': {
    path: '/v1/responses',
    body: { input: [{ role: 'user', content: [{ type: 'input_file', file_url: REPORT }] }] },
    asked: {
      gemini: { contents: [{ parts: [{ fileData: { fileUri: REPORT } }] }] },
      messages: {
        messages: [{ content: [{ type: 'document', source: { type: 'url', url: REPORT } }] }],
      },
      chat: undefined,
    },
  },
  'a file by its URL, of Gemini': {
    path: '/v1beta/models/m:generateContent',
    body: { contents: [{ parts: [{ fileData: { fileUri: REPORT, mimeType: 'application/pdf' } }] }] },
    asked: {
      messages: {
        messages: [{ content: [{ type: 'document', source: { type: 'url', url: REPORT } }] }],
      },
      responses: { input: [{ content: [{ type: 'input_file', file_url: REPORT }] }] },
      chat: undefined,
    },
  },
  'how closely a picture is watched': {
    path: '/v1/chat/completions',
    body: {
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: PICTURE, detail: 'low' } }] },
      ],
    },
    asked: { messages: {}, gemini: {}, converse: {}, 'ollama-chat': {} },
    dropped: 'image_url.detail',
  },
  'a system prompt in the middle': {
    path: '/v1/chat/completions',
    body: { messages: [ask, { role: 'system', content: 'From here on.' }, ask] },
    asked: { messages: {}, gemini: {}, converse: {} },
    dropped: 'messages.role',
  },
  'a guess at the answer, which only makes it come sooner': {
    path: '/v1/chat/completions',
    body: { messages: [ask], prediction: { type: 'content', content: 'x' } },
    asked: { messages: {}, gemini: {}, converse: {}, 'cohere-chat': {}, 'ollama-chat': {}, responses: {} },
    dropped: 'prediction',
  },
  'prompts of an agent, and its temperature for a model that reasons': {
    path: '/v1/messages',
    body: {
      max_tokens: 100,
      temperature: 0.3,
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      system: [
        { type: 'text', text: 'You are it.', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'Be brief.' },
      ],
      messages: [ask],
    },
    model: 'gpt-5.4',
    asked: {
      responses: { instructions: 'You are it.\n\nBe brief.', temperature: undefined, input: [ask] },
      chat: {
        messages: [{ role: 'system', content: 'You are it.\n\nBe brief.' }, ask],
        temperature: undefined,
      },
    },
    dropped: 'temperature',
  },
  'what a search of the caller has found': {
    path: '/v1/messages',
    body: {
      max_tokens: 100,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'found' }] },
          ],
        },
      ],
    },
    asked: { chat: { messages: [{ role: 'user', content: 't\ns\nfound' }] } },
  },
};
