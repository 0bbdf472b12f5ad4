import type { Quirks } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { NormalChoice } from './choice.ts';
import { disguised } from './failure.ts';
import { headOf, ownHead } from './head.ts';
import { counted } from './usage.ts';

/** A whole chat answer as OpenAI would have written it; any other body passes unchanged. */
export function normalAnswer(answer: unknown, quirks: Quirks, model: string): unknown {
  if (!isObject(answer) || !Array.isArray(answer.choices)) return answer;
  const choices: Json[] = [];
  for (const [position, said] of objectsOf(answer.choices).entries()) {
    const normal = new NormalChoice(quirks);
    const choice = wholeChoice(said, position, normal);
    if (normal.failure !== undefined) return disguised(normal.failure);
    choices.push(choice);
  }
  const usage = counted(answer.usage, quirks);
  return {
    ...ownHead(model),
    ...headOf(answer),
    object: 'chat.completion',
    choices,
    ...(usage ? { usage } : {}),
  };
}

/** A whole JSON answer has ended, whether it gives a reason or not. */
function wholeChoice(said: Json, position: number, normal: NormalChoice): Json {
  const reason = stringOf(said.finish_reason);
  const index = typeof said.index === 'number' ? said.index : position;
  const { delta, ...rest } = normal.next({ ...said, finish_reason: reason || 'stop' }, index) as Json;
  const { content, tool_calls: calls, ...others } = delta as Json;
  const called = calls ? { tool_calls: objectsOf(calls).map(({ index: _, ...call }) => call) } : {};
  const message = { content: content || (calls ? null : ''), refusal: null, ...others, ...called };
  return { logprobs: null, ...rest, ...(reason === '' && { finish_reason: normal.reason }), message };
}
