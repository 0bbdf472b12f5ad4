import type { Counting } from '../../../kits/surface-kit/index.ts';
import { countTokens } from './dialect/count-tokens.ts';

/** `POST /v1/messages/count_tokens` */
export const counting: Counting = {
  entry: { path: '/messages/count_tokens', surface: 'count_tokens', named: true },
  dialect: countTokens,
  estimate: (tokens) => ({ input_tokens: tokens }),
};
