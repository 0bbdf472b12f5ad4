import type { Dialect } from '../../../../core/contracts/index.ts';
import { promptAsMessage } from '../../../../kits/dialect-kit/prompt-before.ts';
import { hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { cohereError, cohereFailure, foreignRefusal } from './errors.ts';
import { judgeChat } from './judge.ts';
import { cohereReader } from './reader.ts';

/** `/v2/chat` */
export const cohereChat: Dialect = {
  surface: 'cohere-chat',
  promptBefore: promptAsMessage,
  mustBeDeclared: true,
  strict: true,
  reader: cohereReader,
  judge: judgeChat,
  stopsEarly: hasStop,
  failure: cohereFailure,
  errorBody: cohereError,
  tokenLimits: ['max_tokens'],
  foldWith: {},
  foreignRefusal,
};
