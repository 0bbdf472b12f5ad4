import type { Call } from '../../../../core/contracts/index.ts';
import { isObject, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { membersOf, valueAt } from '../../../../wire/body/json-members.ts';

/** Members that the next request's context is made of. */
export const REMEMBERED = ['prompt', 'system', 'context', 'images'];
const BEGINNING = '{"conversation":';
const ROLES = new Set<unknown>(['system', 'user', 'assistant']);
/** bytes: a longer conversation is not remembered */
const LONGEST = 64 * 1024;

/**
 * The conversation so far, in the numbers that a caller of `/api/generate` sends back. They are opaque to it. Ollama's own
 * are a model's tokens, these are the bytes of the messages.
 * @returns undefined: they are another server's
 */
export function conversationIn(context: unknown): Json[] | undefined {
  if (context === undefined || (Array.isArray(context) && context.length === 0)) return [];
  if (!Array.isArray(context) || context.length > LONGEST || !context.every(isByte)) return undefined;
  const text = Buffer.from(context).toString();
  const body = text.startsWith(BEGINNING) ? parse(text) : undefined;
  const messages = isObject(body) && Array.isArray(body.conversation) ? (body.conversation as unknown[]) : [];
  return messages.length > 0 && messages.every(isMessage) ? messages : undefined;
}

const isByte = (one: unknown): one is number =>
  Number.isInteger(one) && Number(one) >= 0 && Number(one) < 256;

const isMessage = (one: unknown): one is Json =>
  isObject(one) && ROLES.has(one.role) && typeof one.content === 'string';

/** The conversation so far. A system prompt is not repeated. */
export function turns(earlier: readonly Json[], system: string, content: unknown): Json[] {
  const isKnown = system === '' || earlier.some((one) => one.role === 'system' && one.content === system);
  return [...earlier, ...(isKnown ? [] : [{ role: 'system', content: system }]), { role: 'user', content }];
}

/** The context that an answer gives for the next request; none where pictures were shown, or it would be too long. */
export function contextAfter(asked: Call | undefined, answer: string): Json {
  const { spans } = (asked && membersOf(asked, REMEMBERED)) ?? {};
  const tooLong = (name: string): boolean => {
    const { start = 0, end = 0 } = spans?.get(name) ?? {};
    return end - start > LONGEST;
  };
  if (!asked || !spans || tooLong('prompt') || tooLong('system') || tooLong('images')) return {};
  const { context, system, prompt, images } = Object.fromEntries(
    REMEMBERED.map((name) => [name, spans.has(name) ? valueAt(asked.raw, spans.get(name)) : undefined]),
  );
  const earlier = conversationIn(context ?? undefined);
  if (!earlier || (Array.isArray(images) && images.length > 0)) return {};
  const conversation = [
    ...turns(earlier, stringOf(system), stringOf(prompt)),
    { role: 'assistant', content: answer },
  ];
  const bytes = Buffer.from(JSON.stringify({ conversation }));
  return bytes.length > LONGEST ? {} : { context: [...bytes] };
}
