import type { Verdict } from '../../../../core/contracts/index.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, stringOf } from '../../../../kits/dialect-kit/json.ts';
import { responseCarries } from './response-items.ts';
import { hasCounted } from '../../../../kits/dialect-kit/silence.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';

/** statuses of a response in which an empty output is valid */
const WITHOUT_OUTPUT = new Set(['queued', 'in_progress', 'incomplete', 'cancelled']);

/** Whether an answer of the Responses API carries content. */
export function judgeResponse(answer: unknown): Verdict {
  if (typeof answer === 'string' && answer.trim() !== '') return error(errorText(answer));
  if (!isObject(answer)) return EMPTY;
  const message = errorIn(answer);
  if (answer.status === 'failed') return error(message);
  if (responseCarries(answer)) return CONTENT;
  if (message !== undefined) return error(message);
  const object = stringOf(answer.object);
  if (object !== '' && object !== 'response') return CONTENT;
  if (WITHOUT_OUTPUT.has(stringOf(answer.status)) || hasCounted(answer.usage)) return CONTENT;
  return answer.status === 'completed' ? ENDED : EMPTY;
}
