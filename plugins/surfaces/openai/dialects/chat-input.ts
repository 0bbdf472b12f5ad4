import type { Dialect } from '../../../../core/contracts/index.ts';
import { promptAsMember, promptAsMessage } from '../../../../kits/dialect-kit/prompt-before.ts';
import { chat } from './chat.ts';
import { responses } from './responses.ts';

const asInstructions = promptAsMember('instructions');

/** `/chat/completions` as Cursor asks it: with the body, or the tools, of another API, and for the answer of a chat. */
const { normaliser: _quirks, flatContent: _flat, ...answered } = chat;
export const chatInput: Dialect = {
  ...answered,
  surface: 'chat-input',
  mustBeDeclared: true,
  promptBefore: (call, text) => promptAsMessage(call, text) ?? asInstructions(call, text),
  tokenLimits: responses.tokenLimits,
};
