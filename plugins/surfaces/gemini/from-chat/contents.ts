import { append } from '../../../../kits/dialect-kit/append.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cacheOfMessage, noteDetails, noteOthers } from '../../../../kits/dialect-kit/message-members.ts';
import { functionResponse } from './function-response.ts';
import { modelParts } from './model-parts.ts';
import { partsOf } from './parts.ts';
import { cannotSay } from './refuse.ts';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: Json[];
}

/** The conversation as the Gemini API has it: the system prompt beside it, results of tools in a turn of the user's. */
export function contentsOf(members: Members, model: string): Json {
  const given = members.take('messages');
  if (!Array.isArray(given)) return cannotSay('messages', given);
  const system: Json[] = [];
  const contents: Content[] = [];
  /** of tools, by the ids of their calls */
  const names = new Map<unknown, unknown>();
  let before: unknown;
  for (const [nth, message] of given.entries()) {
    const at = `messages[${nth}]`;
    if (!isObject(message)) return cannotSay(at, message);
    const { role, content, name } = message;
    if (name !== undefined && name !== null && role !== 'tool') members.dropped('messages.name');
    const { images: _shown, ...rest } = message;
    noteOthers(role === 'assistant' ? rest : message, at, members, cannotSay);
    noteDetails(message, members);
    if (cacheOfMessage(message)) members.dropped('cache_control');
    // What the model said in one turn stands in one content, and so do the results of all its calls.
    const last = role === before ? contents.at(-1) : undefined;
    before = role;
    if (role === 'system' || role === 'developer') {
      // A system prompt in the middle moves to the front.
      if (contents.length > 0) members.dropped('messages.role');
      append(system, partsOf(content, `${at}.content`, members));
    } else if (role === 'user') {
      add(contents, 'user', undefined, partsOf(content, `${at}.content`, members));
    } else if (role === 'assistant') {
      for (const { id, function: called } of objectsOf(message.tool_calls))
        if (isObject(called)) names.set(id, called.name);
      add(contents, 'model', last, modelParts(message, at, model, members));
    } else if (role === 'tool') {
      add(contents, 'user', last, functionResponse(message, names, at, members));
    } else cannotSay(`${at}.role`, role);
  }
  // The API takes no conversation without a turn.
  if (contents.length === 0) add(contents, 'user', undefined, system.splice(0));
  for (const { parts } of contents) parts.sort(responsesFirst);
  return { ...(system.length > 0 && { systemInstruction: { parts: system } }), contents };
}

function add(contents: Content[], role: Content['role'], last: Content | undefined, parts: Json[]): void {
  if (last) append(last.parts, parts);
  else if (parts.length > 0) contents.push({ role, parts });
}

/** Pictures of results stand after all results. */
const responsesFirst = (one: Json, other: Json): number =>
  Number('functionResponse' in other) - Number('functionResponse' in one);
