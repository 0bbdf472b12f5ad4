/** Conversations by chance: what both APIs can say is the same after both translations. */
import t from 'tap';
import { chatToGemini } from '../../../../plugins/surfaces/gemini/from-chat/index.ts';
import { geminiToChat } from '../../../../plugins/surfaces/gemini/to-chat/index.ts';
import { chance } from '../../../chance.ts';
import type { Parsed } from '../openai/recorded.ts';

type Chance = ReturnType<typeof chance>;

const MODEL = { model: 'gemini-2.5-flash', stream: false };
const WORDS = ['sun', 'Grün', '雨', ' ', '"quoted"', 'line\nbreak', '{"a":1}', '\\', '🌍'];

const words = (by: Chance): string => Array.from({ length: 1 + by.below(4) }, () => by.one(WORDS)).join(' ');
const some = (by: Chance, members: object): object =>
  Object.fromEntries(Object.entries(members).filter(() => by.below(2) === 0));
const list = <T>(by: Chance, most: number, make: (nth: number) => T): T[] =>
  Array.from({ length: 1 + by.below(most) }, (_, nth) => make(nth));

const args = (by: Chance): object => ({
  city: words(by),
  count: by.below(9),
  deep: { list: [by.below(3), null] },
});

function chatTurn(by: Chance, turn: number): object[] {
  const parts = [
    { type: 'text', text: words(by) },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
    { type: 'file', file: { filename: 'file.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
    { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
  ];
  const user = { role: 'user', content: by.below(2) === 0 ? words(by) : parts.slice(0, 2 + by.below(3)) };
  if (by.below(2) === 0) return [user, { role: 'assistant', content: words(by) }];
  const calls = list(by, 3, (nth) => ({
    id: `id-${turn}-${nth}`,
    type: 'function',
    function: { name: by.one(['weather', 'time']), arguments: JSON.stringify(args(by)) },
  }));
  const results = calls.map(({ id }) => ({
    role: 'tool',
    tool_call_id: id,
    content: by.one([words(by), JSON.stringify(args(by))]),
  }));
  const content = by.below(2) === 0 ? null : words(by);
  return [
    user,
    { role: 'assistant', content, tool_calls: calls },
    ...results,
    { role: 'assistant', content: words(by) },
  ];
}

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

const chatRequest = (by: Chance): Parsed => ({
  ...MODEL,
  messages: [
    ...(by.below(2) === 0 ? [{ role: 'system', content: words(by) }] : []),
    ...list(by, 3, (turn) => chatTurn(by, turn)).flat(),
    { role: 'user', content: words(by) },
  ],
  ...some(by, {
    temperature: by.below(3) / 2,
    top_p: 0.5,
    max_tokens: 1 + by.below(99),
    stop: [words(by)],
    seed: by.below(99),
    n: 2,
    presence_penalty: 1,
    frequency_penalty: -1,
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
  }),
  ...(by.below(2) === 0 && { logprobs: true, top_logprobs: 3 }),
  ...(by.below(2) === 0 && {
    tools: ['weather', 'time'].map((name) => ({
      type: 'function',
      function: { name, description: words(by), parameters: schema },
    })),
    tool_choice: by.one(['auto', 'required', 'none']),
  }),
});

function geminiTurn(by: Chance, turn: number): object[] {
  const user = {
    role: 'user',
    parts: [{ text: words(by) }, { inlineData: { mimeType: 'image/png', data: 'iVBO' } }].slice(
      0,
      1 + by.below(2),
    ),
  };
  if (by.below(2) === 0) return [user, { role: 'model', parts: [{ text: words(by) }] }];
  const calls = list(by, 3, (nth) => ({
    id: `id-${turn}-${nth}`,
    name: by.one(['weather', 'time']),
    args: args(by),
  }));
  return [
    user,
    { role: 'model', parts: [{ text: words(by) }, ...calls.map((functionCall) => ({ functionCall }))] },
    {
      role: 'user',
      parts: calls.map(({ id, name }) => ({
        functionResponse: { id, name, response: by.one([args(by), { output: words(by) }]) },
      })),
    },
    { role: 'model', parts: [{ text: words(by) }] },
  ];
}

const geminiRequest = (by: Chance): Parsed => ({
  ...(by.below(2) === 0 && { systemInstruction: { parts: [{ text: words(by) }] } }),
  contents: [
    ...list(by, 3, (turn) => geminiTurn(by, turn)).flat(),
    { role: 'user', parts: [{ text: words(by) }] },
  ],
  generationConfig: {
    temperature: 1,
    ...some(by, {
      topP: 0.5,
      maxOutputTokens: 1 + by.below(99),
      stopSequences: [words(by)],
      seed: by.below(99),
      candidateCount: 2,
      presencePenalty: 1,
    }),
    ...(by.below(2) === 0 && { responseMimeType: 'application/json', responseJsonSchema: schema }),
  },
  ...(by.below(2) === 0 && {
    tools: [
      { functionDeclarations: [{ name: 'weather', description: words(by), parametersJsonSchema: schema }] },
    ],
    toolConfig: { functionCallingConfig: { mode: by.one(['AUTO', 'NONE']) } },
  }),
});

t.test('chat, Gemini and chat again', (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const given = chatRequest(chance(seed));
    const back = geminiToChat.request({ ...MODEL, ...chatToGemini.request(given) });
    if (JSON.stringify(sorted(back)) !== JSON.stringify(sorted(given)))
      t.strictSame(back, given, `seed ${seed}`);
  }
  t.end();
});

t.test('Gemini, chat and Gemini again', (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const given = geminiRequest(chance(seed));
    const back = chatToGemini.request(geminiToChat.request({ ...MODEL, ...given }));
    if (JSON.stringify(sorted(back)) !== JSON.stringify(sorted(given)))
      t.strictSame(back, given, `seed ${seed}`);
  }
  t.end();
});

/** The order of members says nothing. */
function sorted(value: Parsed): Parsed {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, sorted(value[name])]),
  );
}
