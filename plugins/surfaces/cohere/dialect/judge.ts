import type { Verdict } from '../../../../core/contracts/index.ts';
import { holds } from '../../../../kits/dialect-kit/carries.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';
import { hasFailed } from '../finish-reasons.ts';
import { hasCounted } from '../usage.ts';

/** Whether a whole answer of the chat API carries content. */
export function judgeChat(answer: unknown): Verdict {
  if (!isObject(answer)) return EMPTY;
  const { message, finish_reason: reason, usage } = answer;
  if (hasFailed(reason)) return error(errorIn(answer) ?? `it ended with ${stringOf(reason)}`);
  if (isObject(message) && messageCarries(message)) return CONTENT;
  const text = errorIn(answer) ?? (typeof message === 'string' ? errorText(message) : undefined);
  if (text !== undefined) return error(text);
  if (stringOf(reason) === 'MAX_TOKENS' || reason === 'STOP_SEQUENCE' || hasCounted(usage)) return CONTENT;
  return reason === 'COMPLETE' ? ENDED : EMPTY;
}

const messageCarries = ({ content, tool_plan: plan, tool_calls: calls }: Json): boolean =>
  holds(content) || stringOf(plan) !== '' || objectsOf(calls).length > 0;

/** Judges an answer by the member that it must have; without it, it is an error, or empty. */
export const judgeBy =
  (member: string) =>
  (answer: unknown): Verdict => {
    if (!isObject(answer)) return EMPTY;
    if (typeof answer[member] === 'object' && answer[member] !== null) return CONTENT;
    const text = errorIn(answer) ?? errorText(answer.message);
    return text === undefined ? EMPTY : error(text);
  };
