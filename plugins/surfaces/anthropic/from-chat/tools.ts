import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { claudeTool } from '../../../../kits/dialect-kit/schema/claude.ts';
import { cannotSay } from './refuse.ts';

export function tools(members: Members): Json {
  const given = members.take('tools');
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return {};
  if (!Array.isArray(given)) return cannotSay('tools', given);
  return { tools: given.map((tool: unknown, at) => toolOf(tool, `tools[${at}]`, members)) };
}

function toolOf(tool: unknown, at: string, members: Members): Json {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { type, function: called, cache_control } = tool;
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  const { name, description } = called;
  const { schema, strict } = claudeTool(called.parameters, called.strict, members);
  return {
    name,
    ...(typeof description === 'string' && { description }),
    input_schema: schema,
    ...(strict && { strict }),
    ...(isObject(cache_control) && { cache_control }),
  };
}

const CHOICES: Readonly<Record<string, string>> = { auto: 'auto', required: 'any', none: 'none' };

/** Whether several tools may be called at once is a member of the choice. */
export function toolChoice(members: Members, hasTools: boolean): Json {
  const choice = members.take('tool_choice');
  const parallel = members.take('parallel_tool_calls');
  // The API takes a choice only with tools; without tools these have no effect.
  if (!hasTools && (choice === undefined || choice === 'auto' || choice === 'none')) return {};
  const alone = parallel === false && choice !== 'none' ? { disable_parallel_tool_use: true } : {};
  if (choice === undefined) return parallel === false ? { tool_choice: { type: 'auto', ...alone } } : {};
  if (typeof choice === 'string') {
    const type = Object.hasOwn(CHOICES, choice) ? CHOICES[choice] : cannotSay('tool_choice', choice);
    return { tool_choice: { type, ...alone } };
  }
  if (!isObject(choice) || choice.type !== 'function' || !isObject(choice.function))
    return cannotSay('tool_choice', choice);
  return { tool_choice: { type: 'tool', name: choice.function.name, ...alone } };
}
