import { append } from '../../../../kits/dialect-kit/append.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import { resultText } from '../function-results.ts';
import type { CallIds } from './call-ids.ts';
import { chatParts, checkPart } from './parts.ts';
import { cannotSay } from './refuse.ts';

/** Results of tools, each as a message of its own right after the call, and then the rest of the turn. */
export function userMessages(
  parts: readonly (readonly [part: Json, at: string])[],
  ids: CallIds,
  members: Members,
): Json[] {
  const results: Json[] = [];
  const said: Json[] = [];
  for (const [part, at] of parts) {
    if (!isObject(part.functionResponse)) append(said, chatParts(part, at, members));
    else {
      checkPart(part, at, members);
      const response = camelled(part.functionResponse);
      const id = ids.result(response.id, stringOf(response.name));
      if (id === undefined) cannotSay(`${at}.functionResponse.name`, response.name);
      results.push({ role: 'tool', tool_call_id: id, content: resultText(response.response) });
      const shown = objectsOf(response.parts).flatMap((one, nth) =>
        chatParts(camelled(one), `${at}.functionResponse.parts[${nth}]`, members),
      );
      // A tool's message holds text alone: its pictures move into a user message.
      if (shown.length > 0)
        append(said, [{ type: 'text', text: `What the tool call ${id} returned:` }, ...shown]);
    }
  }
  if (said.length === 0) return results.length > 0 ? results : [{ role: 'user', content: '' }];
  const [only] = said;
  const isText = said.length === 1 && only?.type === 'text';
  return [...results, { role: 'user', content: isText ? only.text : said }];
}
