import { CLAUDE_SIGNATURE } from '../../../../kits/dialect-kit/claude-thought.ts';
import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';

/** Signed reasoning of a chat as blocks. Reasoning without a signature of Claude is left out: the API would refuse it. */
export function thinkingBlocks(details: unknown, members: Members): Json[] {
  return objectsOf(details).flatMap((detail): Json[] => {
    if ((detail.format ?? CLAUDE_SIGNATURE) !== CLAUDE_SIGNATURE) {
      members.dropped('messages.reasoning_details');
      return [];
    }
    if (detail.type === 'reasoning.encrypted') return [{ type: 'redacted_thinking', data: detail.data }];
    const signature = stringOf(detail.signature);
    return signature === '' ? [] : [{ type: 'thinking', thinking: stringOf(detail.text), signature }];
  });
}
