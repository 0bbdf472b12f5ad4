import type { Dialect } from '../../../../core/contracts/index.ts';
import { generic } from '../../../../kits/dialect-kit/generic.ts';
import { cohereError, foreignRefusal } from './errors.ts';
import { judgeBy } from './judge.ts';

const listing = (surface: string, member: string): Dialect => ({
  ...generic(surface),
  mustBeDeclared: true,
  strict: true,
  judge: judgeBy(member),
  errorBody: cohereError,
  foreignRefusal,
});

/** `/v2/embed` */
export const cohereEmbed = listing('cohere-embed', 'embeddings');

/** `/v2/rerank` */
export const cohereRerank = listing('cohere-rerank', 'results');
