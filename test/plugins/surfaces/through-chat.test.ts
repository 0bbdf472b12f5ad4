/** What one API and another can both say gets there, although the chat between them has no word for it. */
import t from 'tap';
import { startStandIn } from '../../servers/stand-in.ts';
import { startSwitchyard, type Parsed } from '../../switchyard.ts';

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

const CASES: Readonly<Record<string, Case>> = {
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

for (const [name, { path, body, asked, dropped, model = 'm' }] of Object.entries(CASES))
  t.test(name, async (t) => {
    for (const [surface, wanted] of Object.entries(asked)) {
      const server = await startStandIn(t, {});
      const provider = {
        use: 'openai-compatible',
        baseUrl: server.url,
        surfaces: [surface],
        models: { m: model },
      };
      const switchyard = await startSwitchyard(t, { providers: { provider }, retry: { again: 0 } });
      const answer = await switchyard.ask(path, { body: { model: 'm', ...body } });
      const sent = server.asked.findLast((one) => one.path.startsWith('POST'))?.body;
      if (wanted === undefined) t.match(answer, { status: 400, text: /not_translatable/ }, surface);
      else t.match(sent, wanted, surface);
      if (dropped)
        t.match(
          JSON.stringify((await switchyard.trace()).notes),
          new RegExp(`left out .*${dropped}`),
          surface,
        );
    }
  });
