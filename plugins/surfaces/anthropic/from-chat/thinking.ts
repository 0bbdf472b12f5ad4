import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** Signed thought of a chat as blocks; what no signature proves is left out, as the API would refuse it. */
export function thinkingBlocks(details: unknown): Json[] {
  return objectsOf(details).flatMap((detail): Json[] => {
    if (detail.type === 'reasoning.encrypted') return [{ type: 'redacted_thinking', data: detail.data }];
    const signature = stringOf(detail.signature);
    return signature === '' ? [] : [{ type: 'thinking', thinking: stringOf(detail.text), signature }];
  });
}
