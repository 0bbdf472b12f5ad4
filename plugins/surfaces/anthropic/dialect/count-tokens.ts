import type { Dialect } from '../../../../core/contracts/index.ts';
import { generic } from '../../../../kits/dialect-kit/generic.ts';
import { foreignRefusal, messagesError, messagesFailure } from './errors.ts';
import { ID_HEADER } from './messages.ts';

/** `/messages/count_tokens`: one number */
export const countTokens: Dialect = {
  ...generic('count_tokens'),
  failure: messagesFailure,
  errorBody: messagesError,
  idHeader: ID_HEADER,
  foreignRefusal,
};
