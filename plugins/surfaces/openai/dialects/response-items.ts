import { holds } from '../../../../kits/dialect-kit/carries.ts';
import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/**
 * Whether a whole output item of a response is content: text, a summary, encrypted reasoning; any other kind (calls,
 * their outputs, compactions) is content by itself.
 */
export function itemCarries({ type, content, summary, encrypted_content: sealed }: Json): boolean {
  if (type === 'message') return holds(content);
  if (type === 'reasoning') return holds(content) || holds(summary) || holds(sealed);
  return stringOf(type) !== '';
}

/** Whether an item that has only begun is content already: a call is, text and reasoning are not yet. */
export const beginningCarries = ({ type }: Json): boolean => /_(call|request)$/.test(stringOf(type));

/** Whether a response carries content. */
export const responseCarries = ({ output }: Json): boolean => objectsOf(output).some(itemCarries);
