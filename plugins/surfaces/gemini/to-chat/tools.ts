import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import { cannotSay } from './refuse.ts';
import { jsonSchema } from './schema.ts';

/** Members of a tool that chat lacks: the tool is the same without them. */
const DROPPED = new Set(['response', 'responseJsonSchema', 'behavior']);

/**
 * Tools that the caller runs, and which of them may be called. A tool that Google itself would run has no counterpart in
 * chat.
 */
export function chatTools(members: Members): Json {
  const given = members.take('tools');
  const list = isObject(given) ? [given] : (given ?? []);
  if (!Array.isArray(list)) return cannotSay('tools', given);
  const all = list.flatMap((tool: unknown, nth) => functionsOf(tool, `tools[${nth}]`, members));
  const { mode, names } = callingConfig(members.take('toolConfig'));
  // Tools that are not allowed are left out: few servers know a choice of several.
  const tools = names ? all.filter((tool) => names.includes(tool.function.name)) : all;
  if (tools.length === 0) return {};
  return { tools, ...choiceOf(mode, names) };
}

interface ChatTool extends Json {
  readonly function: Json;
}

function functionsOf(tool: unknown, at: string, members: Members): ChatTool[] {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { functionDeclarations, ...others } = camelled(tool);
  for (const [name, value] of Object.entries(others))
    if (value !== null && value !== undefined) cannotSay(`${at}.${name}`, value);
  if (functionDeclarations === undefined) return [];
  if (!Array.isArray(functionDeclarations))
    return cannotSay(`${at}.functionDeclarations`, functionDeclarations);
  return functionDeclarations.map((one: unknown, nth) =>
    chatTool(one, `${at}.functionDeclarations[${nth}]`, members),
  );
}

function chatTool(declaration: unknown, at: string, members: Members): ChatTool {
  if (!isObject(declaration)) return cannotSay(at, declaration);
  const { name, description, parameters: given, parametersJsonSchema, ...others } = camelled(declaration);
  for (const [member, value] of Object.entries(others)) {
    if (!DROPPED.has(member)) cannotSay(`${at}.${member}`, value);
    members.dropped(`tools.${member}`);
  }
  const parameters = parametersJsonSchema ?? (isObject(given) ? jsonSchema(given) : undefined);
  return {
    type: 'function',
    function: {
      name,
      ...(typeof description === 'string' && { description }),
      ...(isObject(parameters) && { parameters }),
    },
  };
}

interface CallingConfig {
  readonly mode: string;
  readonly names: readonly unknown[] | undefined;
}

function callingConfig(config: unknown): CallingConfig {
  if (config === undefined) return { mode: '', names: undefined };
  const { functionCallingConfig, ...others } = isObject(config) ? camelled(config) : { config };
  for (const [name, value] of Object.entries(others))
    if (value !== null && value !== undefined) cannotSay(`toolConfig.${name}`, value);
  const { mode, allowedFunctionNames: names } = isObject(functionCallingConfig)
    ? camelled(functionCallingConfig)
    : {};
  const isNamed = Array.isArray(names) && names.length > 0;
  return { mode: stringOf(mode).toUpperCase(), names: isNamed ? names : undefined };
}

const CHOICES: Readonly<Record<string, string>> = {
  AUTO: 'auto',
  VALIDATED: 'auto',
  ANY: 'required',
  NONE: 'none',
};

function choiceOf(mode: string, names: readonly unknown[] | undefined): Json {
  if (mode === '' || mode === 'MODE_UNSPECIFIED') return {};
  const tool_choice = Object.hasOwn(CHOICES, mode)
    ? CHOICES[mode]
    : cannotSay('toolConfig.functionCallingConfig.mode', mode);
  const isOne = tool_choice === 'required' && names?.length === 1;
  return { tool_choice: isOne ? { type: 'function', function: { name: names[0] } } : tool_choice };
}
