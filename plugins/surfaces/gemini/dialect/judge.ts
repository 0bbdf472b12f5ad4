import type { Verdict } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, objectsOf, stringOf } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';
import { explainsEnd, hasFailed } from '../finish-reasons.ts';
import { blockReason, candidateCarries, hasCounted } from './parts.ts';

/** Whether a whole answer carries content. */
export function judgeAnswer(answer: unknown): Verdict {
  if (!isObject(answer)) return EMPTY;
  const candidates = objectsOf(answer.candidates);
  if (candidates.some(candidateCarries)) return CONTENT;
  const message = errorIn(answer);
  if (message !== undefined) return error(message);
  const failed = candidates.find(({ finishReason }) => hasFailed(stringOf(finishReason)));
  if (failed) return error(failureText(failed));
  if (candidates.some(({ finishReason }) => explainsEnd(stringOf(finishReason)))) return CONTENT;
  if (blockReason(answer) !== '' || hasCounted(answer)) return CONTENT;
  return candidates.some(({ finishReason }) => finishReason === 'STOP') ? ENDED : EMPTY;
}

/** In words, why a candidate has failed. */
export const failureText = ({ finishReason, finishMessage }: Record<string, unknown>): string =>
  [finishReason, finishMessage].map(stringOf).filter(Boolean).join(': ');
