import type { Call } from '../../core/contracts/index.ts';
import { membersOf } from '../../wire/body/json-members.ts';
import { isObject, stringOf, type Json } from '../dialect-kit/json.ts';
import { isShort, messagesOf } from './messages-to-change.ts';

/** Whether a turn of that model must have its reasoning where a chat with tools continues. */
export type NeedsThought = (turn: Json, model: string) => boolean;

/** The shortest valid reasoning: an empty text counts as none. */
const NONE = ' ';

/**
 * A chat for a server that refuses turns without reasoning, as DeepSeek and Moonshot do: clients lose it, and turns of
 * another model have none.
 */
export function withThoughtInTurns(call: Call, model: string, needs: NeedsThought | undefined): Call {
  if (!needs || call.surface !== 'chat' || !isShort(call) || !call.raw.includes('"assistant"')) return call;
  if (!membersOf(call, ['tools'])?.spans.has('tools')) return call;
  const messages = messagesOf(call);
  if (!messages) return call;
  const lacks = (message: unknown): message is Json =>
    isObject(message) &&
    message.role === 'assistant' &&
    stringOf(message.reasoning_content) === '' &&
    needs(message, model);
  if (!messages.some(lacks)) return call;
  const whole = messages.map((message: unknown) =>
    lacks(message) ? { ...message, reasoning_content: NONE } : message,
  );
  return { ...call, set: { ...call.set, messages: whole } };
}
