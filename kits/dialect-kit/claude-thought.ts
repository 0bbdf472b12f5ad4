import type { Json } from './json.ts';

/** As OpenRouter names it, whose clients send these back unchanged. Anthropic's API and AWS take each other's. */
export const CLAUDE_SIGNATURE = 'anthropic-claude-v1';

/** Signed thought in chat: beside its text in `reasoning_content`, so that a caller can send it back. */
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
