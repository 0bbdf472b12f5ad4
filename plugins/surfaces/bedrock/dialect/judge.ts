import type { Verdict } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';
import { explainsEnd, hasFailed } from '../stop-reasons.ts';
import { hasCounted } from '../usage.ts';
import { carries } from './blocks.ts';
import { foreignRefusal } from './errors.ts';

/** Whether a whole answer carries content. */
export function judgeAnswer(answer: unknown): Verdict {
  if (!isObject(answer)) return EMPTY;
  if (blocksIn(answer).some(carries)) return CONTENT;
  const reason = stringOf(answer.stopReason);
  if (reason === '' && !isObject(answer.output)) return error(foreignRefusal(answer));
  if (hasFailed(reason)) return error(`the model's answer is not valid (${reason})`);
  if (explainsEnd(reason) || hasCounted(answer.usage)) return CONTENT;
  return reason === 'end_turn' ? ENDED : EMPTY;
}

/** The blocks of an answer's message. */
export function blocksIn({ output }: Json): Json[] {
  const message = isObject(output) && isObject(output.message) ? output.message : {};
  return objectsOf(message.content);
}
