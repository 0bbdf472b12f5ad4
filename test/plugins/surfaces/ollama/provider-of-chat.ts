import { Ollama } from 'ollama';
import type { Test } from 'tap';
import type { StandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard, type Parsed } from '../../../switchyard.ts';

/** The SDK writes into the object that it is given: hand it a copy. */
export const ASKED = Object.freeze({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
/** a tool */
export const WEATHER = {
  type: 'function',
  function: { name: 'weather', description: 'Says it', parameters: { type: 'object', properties: {} } },
};
/** A whole answer of chat. */
export const whole = (message: object, finish = 'stop', more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'own',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  ...more,
});

/** A gateway before it, whose model `m` is answered by OpenAI's APIs alone, and the official SDK before the gateway. */
export async function before(t: Test, server: StandIn, config: object = {}) {
  const options = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['chat', 'completions', 'embeddings'],
    models: { m: 'own' },
  };
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: { server: options },
    ...config,
  });
  return { switchyard, client: new Ollama({ host: switchyard.url }) };
}
export const lines = (text: string): Parsed[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Parsed);
export async function all<Line>(stream: AsyncIterable<Line>): Promise<Line[]> {
  const got: Line[] = [];
  for await (const line of stream) got.push(line);
  return got;
}
