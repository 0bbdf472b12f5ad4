import { isObject, objectsOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';

/** The tools, which of them must be called, and the web search, which is one of them here. */
export function toolsOf(members: Members): Json {
  const given = members.take('tools') ?? [];
  const search = members.take('web_search_options');
  const choice = members.take('tool_choice');
  if (!Array.isArray(given)) return cannotSay('tools', given);
  const tools = [
    ...given.map((tool: unknown, nth) => toolOf(tool, `tools[${nth}]`, members)),
    ...(isObject(search) ? [searchOf(search)] : []),
  ];
  return {
    ...(tools.length > 0 && { tools }),
    ...(choice !== undefined && { tool_choice: choiceOf(choice) }),
  };
}

function toolOf(tool: unknown, at: string, members: Members): Json {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { type, function: called, custom } = tool;
  if (isObject(tool.cache_control)) members.dropped('cache_control');
  if (type === 'custom' && isObject(custom)) return { type, ...custom, ...formatOf(custom.format) };
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  const { name, description, parameters, strict } = called;
  return {
    type,
    name,
    ...(typeof description === 'string' && { description }),
    parameters: isObject(parameters) ? parameters : { type: 'object', properties: {} },
    // The default of `strict` is true in this API and false in chat.
    strict: strict === true,
  };
}

/** A grammar stands one level deeper in chat. */
function formatOf(format: unknown): Json {
  if (!isObject(format)) return {};
  return { format: isObject(format.grammar) ? { type: format.type, ...format.grammar } : format };
}

function searchOf({ search_context_size, user_location: place }: Json): Json {
  const approximate = isObject(place) && isObject(place.approximate) ? place.approximate : undefined;
  return {
    type: 'web_search',
    ...(search_context_size !== undefined && { search_context_size }),
    ...(approximate && { user_location: { type: 'approximate', ...approximate } }),
  };
}

function choiceOf(choice: unknown): unknown {
  if (!isObject(choice)) return choice;
  const { type, allowed_tools: allowed } = choice;
  if (type !== 'allowed_tools' || !isObject(allowed)) return namedOf(choice);
  return { type, mode: allowed.mode, tools: objectsOf(allowed.tools).map(namedOf) };
}

function namedOf({ type, function: called, custom }: Json): Json {
  const named = isObject(called) ? called : custom;
  return isObject(named) ? { type, name: named.name } : cannotSay('tool_choice', type);
}
