import { SIGNATURE as FORMAT } from '../dialect/messages.ts';
import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** Signed thought in chat: beside its text in `reasoning_content`, so that a caller can send it back. */
export const signedThought = (text: string, signature: string, index: number): Json => ({
  type: 'reasoning.text',
  text,
  signature,
  format: FORMAT,
  index,
});

export const hiddenThought = (data: unknown, index: number): Json => ({
  type: 'reasoning.encrypted',
  data,
  format: FORMAT,
  index,
});

/** The same back as blocks; what no signature proves is left out, as the API would refuse it. */
export function thinkingBlocks(details: unknown): Json[] {
  return objectsOf(details).flatMap((detail): Json[] => {
    if (detail.type === 'reasoning.encrypted') return [{ type: 'redacted_thinking', data: detail.data }];
    const signature = stringOf(detail.signature);
    return signature === '' ? [] : [{ type: 'thinking', thinking: stringOf(detail.text), signature }];
  });
}
