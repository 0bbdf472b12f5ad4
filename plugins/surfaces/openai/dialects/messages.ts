import type { Dialect } from '../../../../core/contracts/index.ts';
import { foreignRefusal } from '../normalise/foreign-refusal.ts';
import { messagesFailure } from './failure.ts';
import { judgeMessage } from './messages-judge.ts';
import { messagesReader } from './messages-reader.ts';
import { hasStop } from './silence.ts';
import { unfoldMessages } from './unfold-messages.ts';

/** `/messages`: Anthropic's API, which llama.cpp, vLLM, Ollama and others have too */
export const messages: Dialect = {
  surface: 'messages',
  strict: true,
  reader: messagesReader,
  judge: judgeMessage,
  stopsEarly: hasStop,
  closing: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  failure: messagesFailure,
  unfold: unfoldMessages,
  tokenLimits: ['max_tokens'],
  foldWith: {},
  foreignRefusal,
};
