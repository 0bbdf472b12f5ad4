import type { Call } from '../../core/contracts/index.ts';
import { membersOf } from '../../wire/body/json-members.ts';
import { isObject, stringOf, type Json } from '../dialect-kit/json.ts';
import { isShort, messagesOf } from './messages-to-change.ts';

/** Whether a turn of that model must have its thought where a chat with tools goes on. */
export type NeedsThought = (turn: Json, model: string) => boolean;

/** The least that counts as a thought: an empty text is taken for none. */
const NONE = ' ';

/**
 * A chat for a server that refuses turns of its model without their thought, as DeepSeek and Moonshot do: clients lose the
 * thought, and turns of another model have none that could be sent.
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
