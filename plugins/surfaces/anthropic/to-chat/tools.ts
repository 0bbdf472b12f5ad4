import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { mayBeStrict } from '../../../../kits/dialect-kit/schema/strict.ts';
import { cannotSay } from './refuse.ts';

/** Members of a tool about when it is loaded, cached or shown: the tool is the same without them. */
const DROPPED = [
  'cache_control',
  'eager_input_streaming',
  'defer_loading',
  'allowed_callers',
  'input_examples',
];

/** Tools that the caller runs. A tool that the provider itself would run has no counterpart in chat. */
export function chatTools(members: Members, model: unknown): Json {
  const tools = members.take('tools');
  if (tools === undefined || (Array.isArray(tools) && tools.length === 0)) return {};
  if (!Array.isArray(tools)) return cannotSay('tools', tools);
  return { tools: tools.map((tool: unknown, at) => chatTool(tool, `tools[${at}]`, model, members)) };
}

function chatTool(tool: unknown, at: string, model: unknown, members: Members): Json {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { type = 'custom', name, description, input_schema: parameters, strict, ...others } = tool;
  if (type !== 'custom') cannotSay(`${at}.type`, type);
  for (const [member, value] of Object.entries(others)) {
    if (!DROPPED.includes(member)) cannotSay(`${at}.${member}`, value);
    const stays = member === 'cache_control' && members.goesOn;
    if (value !== null && !stays) members.dropped(`tools.${member}`);
  }
  const isLoose = strict === true && !members.goesOn && !mayBeStrict(parameters, model);
  if (isLoose) members.dropped('tools.strict');
  const called = { name, description, parameters, ...(!isLoose && { strict }) };
  return {
    type: 'function',
    function: Object.fromEntries(Object.entries(called).filter(isSaid)),
    ...(members.goesOn && isObject(others.cache_control) && { cache_control: others.cache_control }),
  };
}

const isSaid = ([, value]: [string, unknown]): boolean => value !== undefined && value !== null;

const CHOICES: Readonly<Record<string, string>> = { auto: 'auto', any: 'required', none: 'none' };

export function chatToolChoice(choice: unknown, hasTools: boolean): Json {
  if (choice === undefined) return {};
  if (!isObject(choice)) return cannotSay('tool_choice', choice);
  const { type, name, disable_parallel_tool_use: alone } = choice;
  // Chat takes a choice only with tools; without tools these have no effect.
  if (!hasTools && (type === 'auto' || type === 'none')) return {};
  const tool_choice =
    type === 'tool'
      ? { type: 'function', function: { name } }
      : Object.hasOwn(CHOICES, stringOf(type))
        ? CHOICES[stringOf(type)]
        : cannotSay('tool_choice', choice);
  return { tool_choice, ...(alone === true && { parallel_tool_calls: false }) };
}
