import type { Dialect } from '../../../../core/contracts/index.ts';
import { generic } from '../../../../kits/dialect-kit/generic.ts';
import { foreignRefusal, geminiError, geminiFailure } from './errors.ts';

/** `:countTokens`: one number */
export const geminiTokens: Dialect = {
  ...generic('gemini-tokens'),
  mustBeDeclared: true,
  failure: geminiFailure,
  errorBody: geminiError,
  foreignRefusal,
};
