import { isObject, stringOf, type Json } from './json.ts';

/** A chat with `allowed_tools`, for APIs that lack it: only the allowed tools are offered. */
export function onlyAllowedTools(body: Json): Json {
  const { tool_choice: choice, tools } = body;
  const allowed = isObject(choice) && choice.type === 'allowed_tools' ? choice.allowed_tools : undefined;
  if (!isObject(allowed) || !Array.isArray(allowed.tools) || !Array.isArray(tools)) return body;
  const names = new Set(allowed.tools.map(nameOf));
  // A choice without a name stays, and is refused.
  if (names.has('')) return body;
  return {
    ...body,
    tools: tools.filter((tool) => names.has(nameOf(tool))),
    tool_choice: allowed.mode ?? 'auto',
  };
}

const nameOf = (tool: unknown): string =>
  isObject(tool) && isObject(tool.function) ? stringOf(tool.function.name) : '';
