import type { Dialect } from '../../../../core/contracts/index.ts';
import { promptAsMember, promptAsMessage } from '../../../../kits/dialect-kit/prompt-before.ts';
import { chat } from './chat.ts';
import { responses } from './responses.ts';

const asInstructions = promptAsMember('instructions');

/** `/chat/completions` as Cursor uses it: the body, or the tools, are of another API, the answer is of chat. */
const { normaliser: _quirks, flatContent: _flat, ...answered } = chat;
export const chatInput: Dialect = {
  ...answered,
  surface: 'chat-input',
  mustBeDeclared: true,
  promptBefore: (call, text) => promptAsMessage(call, text) ?? asInstructions(call, text),
  tokenLimits: responses.tokenLimits,
};
