import type { Dialect } from '../../../../core/contracts/index.ts';
import { promptAsMember } from '../../../../kits/dialect-kit/prompt-before.ts';
import { chat } from './chat.ts';
import { responses } from './responses.ts';

/** `/chat/completions` as Cursor asks it: with the body of a response, and for the answer of a chat. */
const { normaliser: _quirks, flatContent: _flat, ...answered } = chat;
export const chatInput: Dialect = {
  ...answered,
  surface: 'chat-input',
  mustBeDeclared: true,
  promptBefore: promptAsMember('instructions'),
  tokenLimits: responses.tokenLimits,
};
