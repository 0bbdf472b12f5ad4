import { fenced } from '../fenced.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import type { CallIds } from './call-ids.ts';
import { checkPart } from './parts.ts';
import { cannotSay } from './refuse.ts';
import { unwrapped } from './wrapped-signature.ts';

/** The text, reasoning and tool calls of a turn, as one message. */
export function assistantMessage(
  parts: readonly (readonly [part: Json, at: string])[],
  ids: CallIds,
  members: Members,
): Json[] {
  let [text, reasoning] = ['', ''];
  const calls: Json[] = [];
  const details: Json[] = [];
  for (const [part, at] of parts) {
    checkPart(part, at, members);
    details.push(...signed(part, members));
    const { functionCall, executableCode, codeExecutionResult } = part;
    if (isObject(functionCall)) calls.push(toolCall(camelled(functionCall), ids));
    else if (isObject(executableCode))
      text += fenced(stringOf(executableCode.language).toLowerCase(), executableCode.code);
    else if (isObject(codeExecutionResult)) text += fenced('', codeExecutionResult.output);
    else if (typeof part.text !== 'string') saysNothing(part, at);
    else if (part.thought === true) reasoning += part.text;
    else text += part.text;
  }
  return [
    {
      role: 'assistant',
      content: text === '' && calls.length > 0 ? null : text,
      ...(reasoning !== '' && { reasoning_content: reasoning }),
      ...(details.length > 0 && { reasoning_details: details }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

/** A part that is a signature alone. */
function saysNothing(part: Json, at: string): void {
  const [kind] = Object.keys(part).filter((name) => !name.startsWith('thought'));
  if (kind !== undefined) cannotSay(`${at}.${kind}`, part[kind]);
}

/** Google's own signatures are for its models alone; those of others were wrapped on their way here. */
function signed({ thoughtSignature }: Json, members: Members): Json[] {
  const signature = stringOf(thoughtSignature);
  if (signature === '') return [];
  const details = unwrapped(signature);
  if (!details) members.dropped('thoughtSignature');
  return details ?? [];
}

const toolCall = ({ id, name, args }: Json, ids: CallIds): Json => ({
  id: ids.call(id, stringOf(name)),
  type: 'function',
  function: { name, arguments: JSON.stringify(args ?? {}) },
});
