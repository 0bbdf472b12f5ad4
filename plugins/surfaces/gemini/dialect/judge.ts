import type { Verdict } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, objectsOf, stringOf } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';
import { explainsEnd, hasFailed } from '../finish-reasons.ts';
import { blockReason, candidateCarries, hasCounted } from './parts.ts';

/** Whether a whole answer carries content, or a stream that came as one JSON array, as it does from servers without events. */
export function judgeAnswer(answer: unknown): Verdict {
  if (Array.isArray(answer)) return judgePieces(answer.map(judgeAnswer));
  if (!isObject(answer)) return EMPTY;
  const candidates = objectsOf(answer.candidates);
  const failed = candidates.find(({ finishReason }) => hasFailed(stringOf(finishReason)));
  if (failed) return error(failureText(failed));
  if (candidates.some(candidateCarries)) return CONTENT;
  const message = errorIn(answer);
  if (message !== undefined) return error(message);
  if (candidates.some(({ finishReason }) => explainsEnd(stringOf(finishReason)))) return CONTENT;
  if (blockReason(answer) !== '' || hasCounted(answer)) return CONTENT;
  return candidates.some(({ finishReason }) => finishReason === 'STOP') ? ENDED : EMPTY;
}

/** An error in one piece is an error of the whole answer. */
function judgePieces(pieces: readonly Verdict[]): Verdict {
  const found = (kind: Verdict['kind']): Verdict | undefined => pieces.find((one) => one.kind === kind);
  return found('error') ?? found('content') ?? pieces.at(-1) ?? EMPTY;
}

/** Why a candidate has failed, as a sentence. */
export const failureText = ({ finishReason, finishMessage }: Record<string, unknown>): string =>
  [finishReason, finishMessage].map(stringOf).filter(Boolean).join(': ');
