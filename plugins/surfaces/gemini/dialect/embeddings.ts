import type { Dialect, Verdict } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, EMPTY, error } from '../../../../kits/dialect-kit/verdicts.ts';
import { geminiTokens } from './count-tokens.ts';

const vectors = (surface: string, member: string): Dialect => ({
  ...geminiTokens,
  surface,
  strict: true,
  judge: (answer) => judgeVectors(answer, member),
});

/** `:embedContent`: one vector */
export const geminiEmbed = vectors('gemini-embed', 'embedding');

/** `:batchEmbedContents`: a vector for each request */
export const geminiEmbeddings = vectors('gemini-embeddings', 'embeddings');

/** `:predict` of Vertex AI: a vector for each instance */
export const vertexPredict: Dialect = { ...vectors('vertex-predict', 'predictions'), mustBeDeclared: true };

function judgeVectors(answer: unknown, member: string): Verdict {
  if (!isObject(answer)) return EMPTY;
  if (isObject(answer[member]) || (Array.isArray(answer[member]) && answer[member].length > 0))
    return CONTENT;
  const message = errorIn(answer);
  return message === undefined ? EMPTY : error(message);
}
