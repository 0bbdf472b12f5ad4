import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cachePoint } from './blocks.ts';
import { cannotSay } from './refuse.ts';

/** @param turns the conversation so far: the API takes calls in it only where tools are given */
export function toolConfig(members: Members, turns: readonly Json[]): Json {
  const given = members.take('tools') ?? [];
  if (!Array.isArray(given)) return cannotSay('tools', given);
  const choice = members.take('tool_choice');
  // Whether several tools may be called at once cannot be said.
  if (members.take('parallel_tool_calls') === false) members.dropped('parallel_tool_calls');
  const called = calledIn(turns);
  const tools = given.flatMap((tool: unknown, at) => toolOf(tool, `tools[${at}]`));
  if (choice === 'none') return called.length === 0 ? {} : unlessAny(tools, called);
  if (tools.length === 0)
    return called.length === 0 ? {} : { toolConfig: { tools: called.map(unknownTool) } };
  return { toolConfig: { tools, ...(choice !== undefined && { toolChoice: choiceOf(choice) }) } };
}

/** That no tool may be called cannot be said, and their names must be there for the calls that were made. */
const unlessAny = (tools: readonly Json[], called: readonly string[]): Json =>
  tools.length > 0 ? cannotSay('tool_choice', 'none') : { toolConfig: { tools: called.map(unknownTool) } };

function toolOf(tool: unknown, at: string): Json[] {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { type, function: called, cache_control: cache } = tool;
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  const { name, description, parameters, strict } = called;
  const toolSpec = {
    name,
    // An empty one is refused.
    ...(stringOf(description) !== '' && { description }),
    inputSchema: { json: isObject(parameters) ? { type: 'object', ...parameters } : EMPTY },
    ...(strict === true && { strict }),
  };
  return [{ toolSpec }, ...(isObject(cache) ? [cachePoint(cache)] : [])];
}

const EMPTY = { type: 'object', properties: {} };
const unknownTool = (name: string): Json => ({ toolSpec: { name, inputSchema: { json: EMPTY } } });

function calledIn(turns: readonly Json[]): string[] {
  const names = turns.flatMap(({ content }) =>
    objectsOf(content).map(({ toolUse }) => (isObject(toolUse) ? stringOf(toolUse.name) : '')),
  );
  return [...new Set(names)].filter((name) => name !== '');
}

function choiceOf(choice: unknown): Json {
  if (choice === 'auto') return { auto: {} };
  if (choice === 'required') return { any: {} };
  if (!isObject(choice) || choice.type !== 'function' || !isObject(choice.function))
    return cannotSay('tool_choice', choice);
  return { tool: { name: choice.function.name } };
}
