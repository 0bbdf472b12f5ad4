import { chatToGemini } from '../../../../../plugins/surfaces/gemini/from-chat/index.ts';
import type { Parsed } from '../../openai/recorded.ts';

/** A request of chat completions as the Gemini API gets it, and what was left out. */
export function asGemini(body: object) {
  const dropped: string[] = [];
  const model = 'gemini-2.5-flash';
  const request: Parsed = chatToGemini.request({ model, messages: [], ...body }, dropped);
  return { ...request, dropped };
}

export const user = (content: unknown) => ({ role: 'user', content });

export const CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Bern"}' },
};

export const tool = (parameters: object) => ({
  tools: [{ type: 'function', function: { name: 'f', parameters } }],
});
