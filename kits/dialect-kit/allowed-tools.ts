import { isObject, stringOf, type Json } from './json.ts';

/** A chat that allows some of its tools, for APIs that have no word for that: those alone are offered. */
export function onlyAllowedTools(body: Json): Json {
  const { tool_choice: choice, tools } = body;
  const allowed = isObject(choice) && choice.type === 'allowed_tools' ? choice.allowed_tools : undefined;
  if (!isObject(allowed) || !Array.isArray(allowed.tools) || !Array.isArray(tools)) return body;
  const names = new Set(allowed.tools.map(nameOf));
  // What cannot be told by its name is refused as it is.
  if (names.has('')) return body;
  return {
    ...body,
    tools: tools.filter((tool) => names.has(nameOf(tool))),
    tool_choice: allowed.mode ?? 'auto',
  };
}

const nameOf = (tool: unknown): string =>
  isObject(tool) && isObject(tool.function) ? stringOf(tool.function.name) : '';
