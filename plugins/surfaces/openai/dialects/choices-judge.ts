import type { Verdict } from '../../../../core/contracts/index.ts';
import { choiceCarries } from '../../../../kits/dialect-kit/carries.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import {
  explainsSilence,
  failureIn,
  hasEnded,
  hasFailed,
} from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, stringOf } from '../../../../kits/dialect-kit/json.ts';
import { hasCounted } from '../../../../kits/dialect-kit/silence.ts';
import { textOf } from '../../../../kits/dialect-kit/text-of.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';

/** Whether a whole answer with `choices` carries content: chat and completions alike. */
export function judgeChoices(answer: unknown): Verdict {
  if (typeof answer === 'string' && answer.trim() !== '') return error(errorText(answer));
  if (!isObject(answer)) return EMPTY;
  const choices = objectsOf(answer.choices);
  const broken = choices.find(hasFailed);
  if (broken !== undefined) return error(errorIn(answer) ?? failureIn(broken, textOf(broken)));
  if (choices.some(choiceCarries)) return CONTENT;
  const message = errorIn(answer);
  if (message !== undefined) return error(message);
  if (choices.some(explainsSilence) || isOtherObject(answer.object)) return CONTENT;
  if (choices.length > 0 && hasCounted(answer.usage)) return CONTENT;
  return choices.some(hasEnded) ? ENDED : EMPTY;
}

/** Lists of stored answers, and answers to their deletion, have no choices and are valid. */
const isOtherObject = (object: unknown): boolean =>
  !['', 'chat.completion', 'text_completion'].includes(stringOf(object));
