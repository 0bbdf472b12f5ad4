import { holds } from '../../../../kits/dialect-kit/carries.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { hasCounted } from '../../../../kits/dialect-kit/silence.ts';

/** blocks that may be empty; any other kind (a tool's use, its result) is content by itself */
const FILLED_LATER = new Set(['', 'text', 'thinking']);

/** Whether a block of a message carries content. */
export function blockCarries(block: Json): boolean {
  return !FILLED_LATER.has(stringOf(block.type)) || holds(block);
}

/** An empty answer is explained by any stop reason but the usual one, and by tokens that were counted. */
export function explainsEnd(reason: unknown, usage: unknown): boolean {
  const said = stringOf(reason);
  return said !== '' && (said !== 'end_turn' || (isObject(usage) && hasCounted(usage)));
}
