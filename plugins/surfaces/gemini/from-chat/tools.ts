import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';
import { jsonSchema } from './schema.ts';

export function tools(members: Members): Json {
  const given = members.take('tools');
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return {};
  if (!Array.isArray(given)) return cannotSay('tools', given);
  const functionDeclarations = given.map((tool: unknown, at) => declaration(tool, `tools[${at}]`, members));
  return { tools: [{ functionDeclarations }] };
}

function declaration(tool: unknown, at: string, members: Members): Json {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { type, function: called, cache_control: cache } = tool;
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  if (isObject(cache)) members.dropped('cache_control');
  const { name, description, parameters, strict } = called;
  // Arguments always conform to their schema.
  if (strict === true) members.dropped('tools.strict');
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(isObject(parameters) && {
      parametersJsonSchema: jsonSchema(parameters, 'tools.parameters', members),
    }),
  };
}

const MODES: Readonly<Record<string, string>> = { auto: 'AUTO', required: 'ANY', none: 'NONE' };

/** @param hasTools without any the API takes no choice among them */
export function toolConfig(members: Members, hasTools: boolean): Json {
  const choice = members.take('tool_choice');
  // Whether several tools may be called at once cannot be said.
  if (members.take('parallel_tool_calls') === false) members.dropped('parallel_tool_calls');
  if (choice === undefined || !hasTools) return {};
  return { toolConfig: { functionCallingConfig: callingConfig(choice) } };
}

function callingConfig(choice: unknown): Json {
  if (typeof choice === 'string')
    return { mode: Object.hasOwn(MODES, choice) ? MODES[choice] : cannotSay('tool_choice', choice) };
  if (!isObject(choice)) return cannotSay('tool_choice', choice);
  if (choice.type === 'function' && isObject(choice.function))
    return { mode: 'ANY', allowedFunctionNames: [choice.function.name] };
  const { mode, tools: allowed } = isObject(choice.allowed_tools) ? choice.allowed_tools : {};
  if (choice.type !== 'allowed_tools' || !Array.isArray(allowed)) return cannotSay('tool_choice', choice);
  const names = allowed.map((tool: unknown, at) =>
    isObject(tool) && isObject(tool.function)
      ? tool.function.name
      : cannotSay(`tool_choice.allowed_tools.tools[${at}]`, tool),
  );
  // VALIDATED: one of these or a text; ANY: one of these.
  return { mode: mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: names };
}
