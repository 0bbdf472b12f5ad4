import type { Call } from '../../core/contracts/index.ts';
import { membersOf, shortAt, skipSpace } from '../../wire/body/json-members.ts';
import { lacksThought } from '../dialect-kit/claude-thought.ts';
import { isObject, objectsOf, type Json } from '../dialect-kit/json.ts';
import { isShort, messagesOf } from './messages-to-change.ts';

const SURFACES: ReadonlySet<string> = new Set(['messages', 'count_tokens']);
const CLAUDE = /claude/i;
const SIGNATURE = Buffer.from('"signature"');
const [QUOTE, COLON] = [0x22, 0x3a];

/**
 * A call of Anthropic's API without unsigned reasoning. It is another model's, and Claude would refuse the whole
 * conversation for it.
 */
export function withoutUnsignedThought(call: Call, model: string): Call {
  if (!SURFACES.has(call.surface) || !CLAUDE.test(model) || !isShort(call)) return call;
  if (!hasEmptySignature(call.raw)) return call;
  const messages = messagesOf(call);
  if (!messages) return call;
  const signed = messages.flatMap(signedIn);
  const isLost = asksToThink(call) && lacksThought(signed);
  return {
    ...call,
    set: { ...call.set, messages: signed },
    // The API takes `context_management` of reasoning only while thinking is on.
    ...(isLost && { strip: [...(call.strip ?? []), 'thinking', 'context_management'] }),
  };
}

/** Its bytes are scanned, as most conversations have none. */
function hasEmptySignature(raw: Buffer): boolean {
  for (let at = raw.indexOf(SIGNATURE); at !== -1; at = raw.indexOf(SIGNATURE, at + 1)) {
    const colon = skipSpace(raw, at + SIGNATURE.length);
    const value = skipSpace(raw, colon + 1);
    if (raw[colon] === COLON && raw[value] === QUOTE && raw[value + 1] === QUOTE) return true;
  }
  return false;
}

function signedIn(message: unknown): unknown[] {
  if (!isObject(message) || message.role !== 'assistant' || !Array.isArray(message.content)) return [message];
  const content = message.content.filter((block: unknown) => !isObject(block) || !isUnsigned(block));
  // The API takes no message without content.
  return content.length > 0 ? [{ ...message, content }] : [];
}

const isUnsigned = ({ type, signature }: Json): boolean => type === 'thinking' && !signature;

/** Whether thinking has a budget; a model that decides by itself takes a call without its reasoning. */
function asksToThink(call: Call): boolean {
  const thinking = shortAt(call.raw, membersOf(call, ['thinking'])?.spans.get('thinking'));
  return objectsOf([thinking]).some(({ type }) => type === 'enabled');
}
