import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';

/** Tools that the caller runs. Ollama's API cannot require a call: tools are offered, or left out. */
export function toolsOf(members: Members): Json {
  const tools = members.take('tools');
  const choice = members.take('tool_choice') ?? 'auto';
  if (choice !== 'auto' && choice !== 'none') cannotSay('tool_choice', choice);
  if (tools === undefined || choice === 'none') return {};
  if (!Array.isArray(tools)) return cannotSay('tools', tools);
  if (tools.length === 0) return {};
  return { tools: tools.map((tool: unknown, nth) => toolOf(tool, `tools[${nth}]`, members)) };
}

function toolOf(tool: unknown, at: string, members: Members): Json {
  if (!isObject(tool)) return cannotSay(at, tool);
  if (tool.type !== 'function' || !isObject(tool.function)) return cannotSay(`${at}.type`, tool.type);
  const { strict, ...called } = tool.function;
  if (strict === true) members.dropped('tools.function.strict');
  return { type: 'function', function: called };
}
