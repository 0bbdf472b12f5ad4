import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { resultOf } from '../function-results.ts';
import { partsOf } from './parts.ts';
import { cannotSay } from './refuse.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/**
 * A tool's result, found by the name of the tool, which chat says in the call alone. Pictures among it are shown behind.
 * @param names of the calls so far, by their ids
 */
export function functionResponse(
  { tool_call_id: id, content, name: given }: Json,
  names: ReadonlyMap<unknown, unknown>,
  at: string,
  members: Members,
): Json[] {
  const name = names.get(id) ?? given;
  if (typeof name !== 'string') return cannotSay(`${at}.tool_call_id`, id);
  const parts = partsOf(content, `${at}.content`, members);
  const text = parts.map((part) => stringOf(part.text)).join('');
  const others = parts.filter((part) => part.text === undefined);
  const response = {
    functionResponse: { ...(stringOf(id) !== '' && { id }), name, response: resultOf(text) },
  };
  if (others.length === 0) return [response];
  return [response, { text: `What the tool call ${asText(id)} returned:` }, ...others];
}
