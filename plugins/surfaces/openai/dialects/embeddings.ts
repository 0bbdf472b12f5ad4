import type { Dialect, Verdict } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { generic } from '../../../../kits/dialect-kit/generic.ts';
import { isObject } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, EMPTY, error } from '../../../../kits/dialect-kit/verdicts.ts';

/** `/embeddings`: never streams */
export const embeddings: Dialect = { ...generic('embeddings'), strict: true, judge: judgeEmbeddings };

function judgeEmbeddings(answer: unknown): Verdict {
  if (!isObject(answer)) return EMPTY;
  if (Array.isArray(answer.data) && answer.data.length > 0) return CONTENT;
  const message = errorIn(answer);
  return message === undefined ? EMPTY : error(message);
}
