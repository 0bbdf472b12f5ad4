import { isObject, objectsOf, parse, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { imagePart } from './parts.ts';

/** Members of chat that such bodies contain, with their names in the Responses API. */
const LIMITS = ['max_completion_tokens', 'max_tokens'];

/** The body as the Responses API has it: such bodies mix in members, tools and parts of chat. */
export function asResponse(body: Json): Json {
  const { stream_options: _counts, reasoning_effort: effort, response_format: format, ...rest } = body;
  const limit = LIMITS.map((name) => rest[name]).find((one) => typeof one === 'number');
  for (const name of LIMITS) delete rest[name];
  const tools = Array.isArray(rest.tools) ? rest.tools.map(flatTool) : undefined;
  const customs = customNames(tools);
  return {
    ...rest,
    ...(Array.isArray(rest.input) && { input: itemsOf(rest.input, customs) }),
    ...(tools && { tools }),
    ...(isObject(rest.tool_choice) && { tool_choice: flatTool(rest.tool_choice) }),
    ...(limit !== undefined && { max_output_tokens: rest.max_output_tokens ?? limit }),
    ...(typeof effort === 'string' && { reasoning: { effort, ...objectOr(rest.reasoning) } }),
    ...(isObject(format) && { text: { format: flatFormat(format), ...objectOr(rest.text) } }),
  };
}

/** The tools that take a text. */
export const customNames = (tools: unknown): ReadonlySet<string> =>
  new Set(
    objectsOf(tools)
      .filter(({ type }) => type === 'custom')
      .map(({ name, custom }) => stringOf(isObject(custom) ? custom.name : name)),
  );

const objectOr = (value: unknown): Json => (isObject(value) ? value : {});

/** A tool, or the choice of one, whose function stands one level deeper in chat. */
export function flatTool(tool: unknown): unknown {
  if (!isObject(tool)) return tool;
  const { function: called, custom, ...rest } = tool;
  if (isObject(called)) return { ...rest, ...called };
  if (!isObject(custom)) return tool;
  const { format } = custom;
  const grammar = isObject(format) && isObject(format.grammar) ? format.grammar : undefined;
  return { ...rest, ...custom, ...(grammar && { format: { type: 'grammar', ...grammar } }) };
}

const flatFormat = ({ type, json_schema: schema }: Json): Json => ({ type, ...objectOr(schema) });

/** @param customs names of custom tools, whose calls come back as those of functions with the text as arguments */
function itemsOf(input: readonly unknown[], customs: ReadonlySet<string>): unknown[] {
  const ids = new Set<unknown>();
  return input.flatMap((item) => (isObject(item) ? itemOf(item, customs, ids) : [item]));
}

function itemOf(item: Json, customs: ReadonlySet<string>, ids: Set<unknown>): Json[] {
  const { type, role, name, call_id: id, tool_calls: calls, ...rest } = item;
  if (role === 'tool') return itemOf(resultOf(item), customs, ids);
  if (Array.isArray(calls)) return turnOf(item, calls).flatMap((one) => itemOf(one, customs, ids));
  if (type === 'function_call' && customs.has(stringOf(name))) {
    ids.add(id);
    return [{ type: 'custom_tool_call', call_id: id, name, input: textIn(stringOf(rest.arguments)) }];
  }
  if (type === 'function_call_output' && ids.has(id)) return [{ ...item, type: 'custom_tool_call_output' }];
  return [Array.isArray(item.content) ? { ...item, content: item.content.map(imagePart) } : item];
}

/** A message of chat with calls of tools. */
function turnOf({ tool_calls: _calls, ...message }: Json, calls: readonly unknown[]): Json[] {
  const items = objectsOf(calls).map(({ id, function: called, custom }) =>
    isObject(custom)
      ? { type: 'custom_tool_call', call_id: id, ...custom }
      : { type: 'function_call', call_id: id, ...objectOr(called) },
  );
  const says = stringOf(message.content) !== '' || objectsOf(message.content).length > 0;
  return says ? [message, ...items] : items;
}

const resultOf = ({ tool_call_id: id, content }: Json): Json => ({
  type: 'function_call_output',
  call_id: id,
  output: content,
});

/** A custom tool's text is that of the arguments, or their only member. */
function textIn(args: string): string {
  const value = parse(args);
  return isObject(value) && typeof value.input === 'string' ? value.input : args;
}
