import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { claudeTool } from '../../../../kits/dialect-kit/schema/claude.ts';
import { cachePoint } from './blocks.ts';
import { cannotSay } from './refuse.ts';

/** @param turns the conversation so far: the API takes calls in it only where tools are given */
export function toolConfig(members: Members, turns: readonly Json[], model: string): Json {
  const given = members.take('tools') ?? [];
  if (!Array.isArray(given)) return cannotSay('tools', given);
  const choice = members.take('tool_choice');
  // Whether several tools may be called at once cannot be said.
  if (members.take('parallel_tool_calls') === false) members.dropped('parallel_tool_calls');
  const called = calledIn(turns);
  const tools = given.flatMap((tool: unknown, at) => toolOf(tool, `tools[${at}]`, model, members));
  if (choice === 'none') return called.length === 0 ? {} : unlessAny(tools, called);
  if (tools.length === 0)
    return called.length === 0 ? {} : { toolConfig: { tools: called.map(unknownTool) } };
  return { toolConfig: { tools, ...(choice !== undefined && { toolChoice: choiceOf(choice) }) } };
}

/** That no tool may be called cannot be said, and their names must be there for the calls that were made. */
const unlessAny = (tools: readonly Json[], called: readonly string[]): Json =>
  tools.length > 0 ? cannotSay('tool_choice', 'none') : { toolConfig: { tools: called.map(unknownTool) } };

function toolOf(tool: unknown, at: string, model: string, members: Members): Json[] {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { type, function: called, cache_control: cache } = tool;
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  const { name, description } = called;
  const { schema, strict } = claudeTool(called.parameters, called.strict, members);
  const toolSpec = {
    name,
    // An empty one is refused.
    ...(stringOf(description) !== '' && { description }),
    inputSchema: { json: model.includes('nova') ? novaSchema(schema, members) : schema },
    ...(strict && { strict }),
  };
  return [{ toolSpec }, ...(isObject(cache) ? [cachePoint(cache)] : [])];
}

/**
 * The only top-level keywords that Amazon's own models take.
 * https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
 */
const TAKEN_BY_NOVA = new Set(['type', 'properties', 'required']);

function novaSchema(schema: Json, members: Members): Json {
  const others = Object.keys(schema).filter((keyword) => !TAKEN_BY_NOVA.has(keyword));
  for (const keyword of others) members.dropped(`tools.parameters.${keyword}`);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => TAKEN_BY_NOVA.has(keyword)));
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
