import type { Verdict } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, objectsOf, stringOf } from '../../../../kits/dialect-kit/json.ts';
import { blockCarries, explainsEnd } from './message-parts.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';

/** Whether a whole message carries content. */
export function judgeMessage(answer: unknown): Verdict {
  if (!isObject(answer)) return EMPTY;
  const { content, stop_reason: reason, usage } = answer;
  if (stringOf(content) !== '' || objectsOf(content).some(blockCarries)) return CONTENT;
  const message = errorIn(answer);
  if (message !== undefined) return error(message);
  if (explainsEnd(reason, usage)) return CONTENT;
  return reason === 'end_turn' ? ENDED : EMPTY;
}
