// Names that every object has, where a table is looked up by what a caller or an upstream has written.
import t from 'tap';
import { isUntranslatable } from '../../core/errors.ts';
import { startSwitchyard } from '../switchyard.ts';
import { CHAT, startStandIn, says } from '../servers/stand-in.ts';
import { formats } from '../plugins/surfaces/meaning.ts';

const NAMES = Object.getOwnPropertyNames(Object.prototype);

/** The least that each API asks for. */
const BODIES: Readonly<Record<string, object>> = {
  chat: { messages: [{ role: 'user', content: 'a' }] },
  messages: { max_tokens: 9, messages: [{ role: 'user', content: 'a' }] },
  responses: { input: 'a' },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'a' }] }] },
  'ollama-chat': { messages: [{ role: 'user', content: 'a' }] },
};

/** Where a name may stand: a member of the request, or the value of one. */
const placed = (body: object, name: string): string[] => {
  const text = JSON.stringify({ ...body, model: 'm' }).slice(0, -1);
  const key = JSON.stringify(name);
  return [
    `${text},${key}:{}}`,
    `${text},${key}:1}`,
    `${text},"options":{${key}:1}}`,
    ...['think', 'reasoning_effort', 'tool_choice', 'modalities', 'thinking', 'format'].map(
      (member) => `${text},"${member}":${member === 'modalities' ? `[${key}]` : key}}`,
    ),
  ];
};

for (const [from, body] of Object.entries(BODIES))
  t.test(`a caller of ${from} writes them`, (t) => {
    for (const { name: by, request } of formats.translations.filter((one) => one.from === from))
      for (const name of NAMES)
        for (const text of placed(body, name))
          try {
            request(JSON.parse(text), []);
          } catch (error) {
            if (!isUntranslatable(error)) t.fail(`${by}, ${text}: ${String(error)}`);
          }
    t.end();
  });

t.test('such a member is refused by its name', async (t) => {
  const switchyard = await startSwitchyard(t, {
    providers: {
      lab: {
        use: 'openai-compatible',
        baseUrl: 'http://127.0.0.1:9/v1',
        surfaces: ['messages'],
        models: { m: 'm' },
      },
    },
  });
  for (const name of ['__proto__', 'constructor', '__defineGetter__']) {
    const body = `{"model":"m","messages":[{"role":"user","content":"a"}],"${name}":{}}`;
    const { status, json } = await switchyard.ask('/v1/chat/completions', { body });
    t.equal(status, 400, name);
    t.match(json(), { error: { code: 'not_translatable' } });
  }
});

t.test('an upstream that writes them as a reason has none that a caller would know', async (t) => {
  const server = await startStandIn(t, {});
  const models = { m: 'm' };
  const before = (surface: string) =>
    startSwitchyard(t, {
      providers: {
        lab: { use: 'openai-compatible', baseUrl: `${server.url}/v1`, surfaces: [surface], models },
      },
    });
  const [ofMessages, ofChat] = [await before('messages'), await before('chat')];
  const messages = [{ role: 'user', content: 'a' }];
  const body = { model: 'm', max_tokens: 9, messages };
  for (const reason of NAMES) {
    server.replies['POST /v1/messages'] = says(200, {
      id: 'a',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: reason,
      usage: { input_tokens: 1, output_tokens: 1 },
    });
    const choice = { index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: reason };
    server.replies[CHAT] = says(200, {
      id: 'a',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [choice],
    });
    t.equal((await ofMessages.chat({ messages })).json().choices[0].finish_reason, 'stop', reason);
    t.equal((await ofChat.ask('/v1/messages', { body })).json().stop_reason, 'end_turn', reason);
  }
});
