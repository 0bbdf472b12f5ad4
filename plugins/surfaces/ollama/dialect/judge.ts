import type { Verdict } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, EMPTY, ENDED, error } from '../../../../kits/dialect-kit/verdicts.ts';
import { explainsEnd, lineCarries } from './line-parts.ts';

/** Whether a whole answer of `/api/chat` or `/api/generate` carries content. */
export function judgeLine(answer: unknown): Verdict {
  if (!isObject(answer)) return EMPTY;
  if (lineCarries(answer)) return CONTENT;
  const message = errorIn(answer);
  if (message !== undefined) return error(message);
  if (explainsEnd(answer)) return CONTENT;
  return answer.done === true ? ENDED : EMPTY;
}

/** The same for `/api/embed` and `/api/embeddings`: an input that is empty has no vector. */
export function judgeEmbeddings(answer: unknown): Verdict {
  if (!isObject(answer)) return EMPTY;
  if (Array.isArray(answer.embeddings) || Array.isArray(answer.embedding)) return CONTENT;
  const message = errorIn(answer);
  return message === undefined ? EMPTY : error(message);
}
