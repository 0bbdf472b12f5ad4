import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { fitted } from '../../../../kits/dialect-kit/schema/fitted.ts';
import { COHERE } from '../../../../kits/dialect-kit/schema/limits.ts';
import { cannotSay } from './refuse.ts';

/** Tools that the caller runs. `strict` is one flag for all of them. */
export function toolsOf(members: Members): Json {
  const given = members.take('tools');
  const choice = members.take('tool_choice') ?? 'auto';
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return {};
  if (!Array.isArray(given)) return cannotSay('tools', given);
  const tools = given.map((tool: unknown, nth) => toolOf(tool, `tools[${nth}]`));
  const strict = tools.length > 0 && tools.every((tool) => tool.strict === true && hasRequired(tool.called));
  if (!strict && tools.some((tool) => tool.strict === true)) members.dropped('tools.function.strict');
  const { chosen, word } = choiceOf(choice);
  const offered = tools.filter(({ called }) => chosen === undefined || called.name === chosen);
  const left = (keyword: string): void => members.dropped(`tools.parameters.${keyword}`);
  const held = ({ parameters, ...called }: Json): Json =>
    isObject(parameters)
      ? { ...called, parameters: fitted(parameters, COHERE, left) }
      : { ...called, parameters };
  return {
    tools: offered.map(({ called }) => ({ type: 'function', function: strict ? held(called) : called })),
    ...(strict && { strict_tools: true }),
    ...(word !== undefined && { tool_choice: word }),
  };
}

/** Cohere refuses strict tools of which every parameter is optional. */
function hasRequired({ parameters }: Json): boolean {
  const { properties, required } = isObject(parameters) ? parameters : {};
  const isEmpty = !isObject(properties) || Object.keys(properties).length === 0;
  return isEmpty || (Array.isArray(required) && required.length > 0);
}

function toolOf(tool: unknown, at: string): { readonly strict: unknown; readonly called: Json } {
  if (!isObject(tool)) return cannotSay(at, tool);
  if (tool.type !== 'function' || !isObject(tool.function)) return cannotSay(`${at}.type`, tool.type);
  const { strict, parameters = { type: 'object', properties: {} }, ...called } = tool.function;
  return { strict, called: { ...called, parameters } };
}

/** A choice of one tool: only that one is offered, and a call is required. */
function choiceOf(choice: unknown): { readonly chosen?: unknown; readonly word?: string } {
  if (choice === 'auto') return {};
  if (choice === 'none') return { word: 'NONE' };
  if (choice === 'required') return { word: 'REQUIRED' };
  if (!isObject(choice) || choice.type !== 'function' || !isObject(choice.function))
    return cannotSay('tool_choice', choice);
  return { chosen: choice.function.name, word: 'REQUIRED' };
}
