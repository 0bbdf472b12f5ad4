// More parts in one message than a call may have arguments, from every API to every other one.
import t from 'tap';
import { isUntranslatable } from '../../../core/errors.ts';
import { append } from '../../../kits/dialect-kit/append.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { startStandIn, says } from '../../servers/stand-in.ts';
import { formats } from './meaning.ts';

const COUNT = 150_000;
const list = (part: object): object[] => Array(COUNT).fill(part);
const texts = list({ type: 'text', text: 'a' });
const parts = list({ text: 'a' });

/** What is long in a conversation of that API: a user's turn, the model's, and the system prompt. */
const BODIES: Readonly<Record<string, object>> = {
  chat: {
    messages: [
      { role: 'system', content: texts },
      { role: 'user', content: 'a' },
      { role: 'user', content: texts },
      { role: 'assistant', content: 'a' },
      { role: 'assistant', content: texts },
      { role: 'user', content: 'a' },
    ],
  },
  messages: {
    max_tokens: 9,
    system: texts,
    messages: [
      { role: 'user', content: texts },
      { role: 'assistant', content: texts },
      { role: 'user', content: 'a' },
    ],
  },
  responses: { input: [{ role: 'user', content: list({ type: 'input_text', text: 'a' }) }] },
  gemini: {
    systemInstruction: { parts },
    contents: [
      { role: 'user', parts },
      { role: 'model', parts: [{ text: 'a' }] },
      { role: 'model', parts },
      { role: 'user', parts: [{ text: 'a' }] },
    ],
  },
  'ollama-chat': { messages: list({ role: 'user', content: 'a' }) },
};

for (const [from, body] of Object.entries(BODIES))
  t.test(`a conversation of ${from}`, (t) => {
    const all = formats.translations.filter((one) => one.from === from);
    t.ok(all.length > 4);
    for (const { name, request } of all)
      try {
        request({ ...structuredClone(body), model: 'm' }, []);
      } catch (error) {
        t.ok(isUntranslatable(error), `${name}: ${String(error)}`);
      }
    t.end();
  });

t.test('it is sent, and is no error of the gateway', async (t) => {
  const server = await startStandIn(t, { 'POST /model/own/converse': says(429, { message: 'seen' }) });
  const aws = { use: 'bedrock', region: 'us-west-2', baseUrl: server.url, apiKey: 'x', models: { m: 'own' } };
  const switchyard = await startSwitchyard(t, { providers: { aws }, retry: { attempts: 1 } });
  t.equal(
    (
      await switchyard.chat({
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: texts },
        ],
      })
    ).status,
    429,
  );
  const { messages } = server.asked.at(-1)!.body as { messages: { content: object[] }[] };
  t.equal(messages[0]?.content.length, COUNT + 1);
});

t.test('a list grows by any number of members', (t) => {
  const all = [1];
  append(all, Array(1_000_000).fill(2));
  t.equal(all.length, 1_000_001);
  t.end();
});
