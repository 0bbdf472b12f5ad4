import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { assistantMessage } from './assistant.ts';
import { textOfBlocks } from './parts.ts';
import { cannotSay } from './refuse.ts';
import { userMessages } from './user.ts';

/** The conversation as chat has it: the system prompt first, and each tool's result a message of its own. */
export function chatMessages(members: Members): Json[] {
  const system = members.take('system');
  const messages = members.take('messages');
  if (!Array.isArray(messages)) return cannotSay('messages', messages);
  const first = system === undefined ? [] : systemMessage(system, 'system', members);
  return [
    ...first,
    ...messages.flatMap((message: unknown, nth) => chatMessage(message, `messages[${nth}]`, members)),
  ];
}

function systemMessage(content: unknown, at: string, members: Members): Json[] {
  const text = textOfBlocks(content, at, members);
  return text.length === 0 ? [] : [{ role: 'system', content: text }];
}

function chatMessage(message: unknown, at: string, members: Members): Json[] {
  if (!isObject(message)) return cannotSay(at, message);
  const { role, content } = message;
  if (role === 'system') return systemMessage(content, `${at}.content`, members);
  if (role === 'assistant') return assistantMessage(content, `${at}.content`, members);
  if (role === 'user') return userMessages(content, `${at}.content`, members);
  return cannotSay(`${at}.role`, role);
}
