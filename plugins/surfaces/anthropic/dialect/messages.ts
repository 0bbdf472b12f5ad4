import type { Dialect } from '../../../../core/contracts/index.ts';
import { CLAUDE_SIGNATURE } from '../../../../kits/dialect-kit/claude-thought.ts';
import { promptAsMember } from '../../../../kits/dialect-kit/prompt-before.ts';
import { hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { foreignRefusal, messagesError, messagesFailure } from './errors.ts';
import { judgeMessage } from './messages-judge.ts';
import { messagesReader } from './messages-reader.ts';
import { messagesTexts } from './messages-texts.ts';
import { unfoldMessages } from './unfold-messages.ts';

/** the header that its SDKs read the id of a request from */
export const ID_HEADER = 'request-id';

/** `/messages`: Anthropic's API, which llama.cpp, vLLM, Ollama and others have too */
export const messages: Dialect = {
  surface: 'messages',
  signature: CLAUDE_SIGNATURE,
  promptBefore: promptAsMember('system'),
  strict: true,
  reader: messagesReader,
  judge: judgeMessage,
  texts: messagesTexts,
  stopsEarly: hasStop,
  closing: { event: 'message_stop', data: '{"type":"message_stop"}' },
  failure: messagesFailure,
  errorBody: messagesError,
  idHeader: ID_HEADER,
  ping: { event: 'ping', data: '{"type":"ping"}' },
  unfold: unfoldMessages,
  tokenLimits: ['max_tokens'],
  foldWith: {},
  foreignRefusal,
};
