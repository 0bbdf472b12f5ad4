import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../../kits/dialect-kit/members.ts';
import { chatName } from '../tool-names.ts';
import { cannotSay } from './refuse.ts';
import { asText } from '../../../../../kits/dialect-kit/as-text.ts';

/** Members of a tool about when it is loaded, called or shown: the tool is the same without them. */
const DROPPED = ['defer_loading', 'allowed_callers', 'output_schema'];
/** A web search beside the agent's own tools is optional. */
const SEARCH = /^web_search(?:_preview)?(?:_\d.*)?$/;

/** The tools, which of them must be called, and whether several can be at once. */
export function chatTools(members: Members): Json {
  const given = members.take('tools');
  const choice = members.take('tool_choice');
  const parallel = members.take('parallel_tool_calls');
  if (given !== undefined && !Array.isArray(given)) return cannotSay('tools', given);
  const all = (given ?? []).flatMap((tool: unknown, nth) =>
    toolsOf(tool, `tools[${nth}]`, given as unknown[], members),
  );
  const { tools, tool_choice } = chosen(all, choice);
  // Chat takes neither where there is no tool.
  if (tools.length === 0) return tool_choice === 'none' || choice === undefined ? {} : noTool(choice);
  return {
    tools,
    ...(tool_choice !== undefined && { tool_choice }),
    ...(parallel !== undefined && { parallel_tool_calls: parallel }),
  };
}

const noTool = (choice: unknown): Json => (choice === 'auto' ? {} : cannotSay('tool_choice', choice));

function toolsOf(tool: unknown, at: string, beside: unknown[], members: Members): Json[] {
  if (!isObject(tool)) return cannotSay(at, tool);
  const { type } = tool;
  if (type === 'namespace') {
    if (!Array.isArray(tool.tools)) return cannotSay(`${at}.tools`, tool.tools);
    return tool.tools.map((inner: unknown, nth) =>
      isObject(inner)
        ? toolOf(inner, tool, `${at}.tools[${nth}]`, members)
        : cannotSay(`${at}.tools[${nth}]`, inner),
    );
  }
  if (SEARCH.test(stringOf(type)) && objectsOf(beside).some(isOwn)) {
    members.dropped(`tools.${asText(type)}`);
    return [];
  }
  return [toolOf(tool, {}, at, members)];
}

const isOwn = ({ type }: Json): boolean => type === 'function' || type === 'custom' || type === 'namespace';

/** A tool that the provider itself would run has no counterpart in chat. */
function toolOf(tool: Json, group: Json, at: string, members: Members): Json {
  const { type, name, description, parameters, strict, format, ...others } = tool;
  if (type !== 'function' && type !== 'custom') cannotSay(`${at}.type`, type);
  for (const [member, value] of Object.entries(others)) {
    if (!DROPPED.includes(member)) cannotSay(`${at}.${member}`, value);
    if (value !== null) members.dropped(`tools.${member}`);
  }
  const called = chatName(name, group.name);
  if (type === 'custom')
    return { type: 'function', function: customTool(called, description, format, at, members) };
  return { type: 'function', function: withoutNull({ name: called, description, parameters, strict }) };
}

const withoutNull = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));

/** A tool that takes a text becomes a function with one argument. Its grammar can only be described in the prompt. */
function customTool(name: string, description: unknown, format: unknown, at: string, members: Members): Json {
  const { type = 'text', syntax, definition } = isObject(format) ? format : {};
  if (type !== 'text' && type !== 'grammar') cannotSay(`${at}.format`, format);
  const grammar =
    type === 'grammar'
      ? `The input must match this ${asText(syntax)} grammar:\n${asText(definition)}`
      : undefined;
  if (grammar !== undefined) members.dropped('tools.format');
  const said = [description, grammar].filter((text) => typeof text === 'string' && text !== '');
  return {
    name,
    ...(said.length > 0 && { description: said.join('\n\n') }),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The whole input of the tool, as it is.' } },
      required: ['input'],
      additionalProperties: false,
    },
  };
}

interface Chosen {
  readonly tools: Json[];
  readonly tool_choice?: unknown;
}

/** Chat servers do not know `allowed_tools`: only the allowed ones are offered. */
function chosen(all: Json[], choice: unknown): Chosen {
  if (choice === undefined) return { tools: all };
  if (choice === 'auto' || choice === 'none' || choice === 'required')
    return { tools: all, tool_choice: choice };
  if (!isObject(choice)) return cannotSay('tool_choice', choice);
  const { type, name, namespace, mode, tools } = choice;
  if (type === 'function' || type === 'custom') {
    const called = chatName(name, namespace);
    if (!all.some((tool) => nameOf(tool) === called)) cannotSay('tool_choice.name', name);
    return { tools: all, tool_choice: { type: 'function', function: { name: called } } };
  }
  if (type !== 'allowed_tools') return cannotSay('tool_choice.type', type);
  const allowed = new Set(objectsOf(tools).map((tool) => chatName(tool.name, tool.namespace)));
  return { tools: all.filter((tool) => allowed.has(nameOf(tool))), tool_choice: mode };
}

const nameOf = ({ function: called }: Json): string => (isObject(called) ? stringOf(called.name) : '');
