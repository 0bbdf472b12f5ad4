import { holds } from './carries.ts';
import { isObject, stringOf, type Json } from './json.ts';
import { hasCounted } from './silence.ts';

/** blocks that are there before they hold anything; any other kind (a tool's use, its result) says something by itself */
const FILLED_LATER = new Set(['', 'text', 'thinking']);

/** Whether a block of a message holds anything that a caller waits for. */
export function blockCarries(block: Json): boolean {
  return !FILLED_LATER.has(stringOf(block.type)) || holds(block);
}

/** An end without content is explained by any reason but the usual one, and by tokens that were counted. */
export function explainsEnd(reason: unknown, usage: unknown): boolean {
  const said = stringOf(reason);
  return said !== '' && (said !== 'end_turn' || (isObject(usage) && hasCounted(usage)));
}
