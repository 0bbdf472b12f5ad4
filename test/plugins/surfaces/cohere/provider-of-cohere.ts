import OpenAI from 'openai-7';
import type { Test } from 'tap';
import type { Reply, StandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';

/**
 * Answers of Cohere's API v2, written after the examples of its documentation (github.com/cohere-ai/
 * cohere-developer-experience at e814c8a1, `cohere-openapi.yaml` and `fern/pages/v2`): none of them was recorded.
 */
export const CHAT = 'POST /v2/chat';
export const HI = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };

const usage = {
  billed_units: { input_tokens: 5, output_tokens: 4 },
  tokens: { input_tokens: 71, output_tokens: 4 },
};

export const whole = (message: object, finish_reason = 'COMPLETE') => ({
  id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
  message: { role: 'assistant', ...message },
  finish_reason,
  usage,
});

export const START = {
  type: 'message-start',
  id: 'fba98ad3-e5a1-413c-a8de-84fbf9baabf7',
  delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
};
const told = (type: string, message: object, index = 0) => ({ type, index, delta: { message } });

export const block = (kind: 'text' | 'thinking', ...pieces: string[]) => [
  told('content-start', { content: { type: kind, [kind]: '' } }),
  ...pieces.map((piece) => told('content-delta', { content: { [kind]: piece } })),
  { type: 'content-end', index: 0 },
];

export const plan = (...pieces: string[]) =>
  pieces.map((piece) => ({ type: 'tool-plan-delta', delta: { message: { tool_plan: piece } } }));

export const call = (index: number, id: string, name: string, ...pieces: string[]) => [
  told('tool-call-start', { tool_calls: { id, type: 'function', function: { name, arguments: '' } } }, index),
  ...pieces.map((piece) =>
    told('tool-call-delta', { tool_calls: { function: { arguments: piece } } }, index),
  ),
  { type: 'tool-call-end', index },
];

export const citation = (citations: object) => [
  told('citation-start', { citations }),
  { type: 'citation-end', index: 0 },
];

export const end = (finish_reason = 'COMPLETE', more: object = {}) => ({
  type: 'message-end',
  delta: { finish_reason, usage, ...more },
});

/** Its events have their type as name, too. */
export const sends =
  (...events: { readonly type: string }[]): Reply =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(''));
  };

export async function before(t: Test, server: StandIn) {
  const options = {
    use: 'cohere',
    baseUrl: server.url,
    apiKey: 'key-of-cohere',
    models: { m: 'command-own' },
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { server: options } });
  return { switchyard, client: new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 }) };
}
