/**
 * async-openai 0.43.0 (Rust) fails at each chunk without `id` or `created`, pydantic-ai 2.68.0 at an answer without `id`
 * or `object`: what the gateway writes itself has them, whatever it was made of.
 */
import t from 'tap';
import type { Parsed } from '../switchyard.ts';
import { openaiSchema } from '../openai-schema.ts';
import { CHAT, gatewayBefore, says, startStandIn, streams } from '../servers/stand-in.ts';

const fits = (schema: string, value: unknown): string[] => openaiSchema(schema)(value);
/** As little as makes an answer: what a home-made server says. */
const answer = { choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] };
const chunks = [
  { choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' } }] },
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  '[DONE]',
];

t.test('a stream unfolded from a bare answer has every required member, equal in all chunks', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, answer) });
  const switchyard = await gatewayBefore(t, { server });
  const { events } = await switchyard.chat({ stream: true });
  t.equal(events.at(-1), '[DONE]');
  const said: Parsed[] = events.slice(0, -1).map((data) => JSON.parse(data));
  for (const one of said) t.strictSame(fits('CreateChatCompletionStreamResponse', one), []);
  t.equal(new Set(said.map(({ id, created, model }) => `${id} ${created} ${model}`)).size, 1);
  t.equal(said[0].model, 'm');
});

t.test('an answer folded from a bare stream has an id, its object and a time', async (t) => {
  const server = await startStandIn(t, { [CHAT]: streams(chunks) });
  const switchyard = await gatewayBefore(t, { server });
  const whole = (await switchyard.chat()).json();
  t.match(whole, { object: 'chat.completion', id: /^chatcmpl-./, created: Number });
  t.equal(whole.choices[0].message.content, 'Hi');
  const other = (await switchyard.chat()).json();
  t.not(whole.id, other.id);
});
