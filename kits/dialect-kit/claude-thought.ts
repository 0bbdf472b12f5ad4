import { objectsOf, stringOf, type Json } from './json.ts';

/** As OpenRouter names it, whose clients send these back unchanged. Anthropic's API and AWS take each other's. */
export const CLAUDE_SIGNATURE = 'anthropic-claude-v1';

/** Signed reasoning in chat: beside its text in `reasoning_content`, so that a caller can send it back. */
export const signedThought = (text: string, signature: string, index: number): Json => ({
  type: 'reasoning.text',
  text,
  signature,
  format: CLAUDE_SIGNATURE,
  index,
});

export const hiddenThought = (data: unknown, index: number): Json => ({
  type: 'reasoning.encrypted',
  data,
  format: CLAUDE_SIGNATURE,
  index,
});

/** One entry of a chat's `reasoning_details` that Claude signed, or encrypted. */
export interface SignedThought {
  readonly text: string;
  /** '': it is encrypted */
  readonly signature: string;
  /** of an encrypted one */
  readonly data?: unknown;
}

export function signedThoughts(details: unknown): SignedThought[] {
  return objectsOf(details).flatMap(({ type, format, text, signature, data }): SignedThought[] => {
    if (format !== CLAUDE_SIGNATURE) return [];
    if (type === 'reasoning.encrypted') return [{ text: '', signature: '', data }];
    return stringOf(signature) === '' ? [] : [{ text: stringOf(text), signature: stringOf(signature) }];
  });
}

/** Whether a tool call that is being answered lacks the reasoning before it, which Claude requires while thinking is on. */
export function lacksThought(messages: unknown): boolean {
  const last = objectsOf(messages).findLast(({ role }) => role === 'assistant');
  const blocks = objectsOf(last?.content);
  const [first] = blocks;
  return blocks.some(({ type }) => type === 'tool_use') && !stringOf(first?.type).endsWith('thinking');
}
