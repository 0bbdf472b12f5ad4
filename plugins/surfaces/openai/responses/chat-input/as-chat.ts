import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../../kits/dialect-kit/members.ts';
import { chatTools } from '../to-chat/tools.ts';
import { customNames, flatTool } from './as-response.ts';
import { messagesOf } from './mixed-messages.ts';

/**
 * A chat's body with tools and blocks of other APIs in it, as a chat has them.
 * @param lowers custom tools become functions, which all servers of chat have
 */
export function asChat(body: Json, dropped: string[], lowers: boolean): Json {
  const { tools, tool_choice: choice, messages } = body;
  const customs = customNames(tools);
  return {
    ...body,
    ...(Array.isArray(tools) && { tools: tools.map((tool: unknown) => toolOf(tool, dropped, lowers)) }),
    ...(isObject(choice) && { tool_choice: choiceOf(choice, lowers) }),
    ...(Array.isArray(messages) && {
      messages: messages.flatMap((message: unknown) =>
        isObject(message) ? messagesOf(message, customs, lowers) : [message],
      ),
    }),
  };
}

function toolOf(tool: unknown, dropped: string[], lowers: boolean): unknown {
  if (!isObject(tool)) return tool;
  const { type, name, function: called, input_schema: schema } = tool;
  if (type === undefined && name !== undefined) {
    const { description, parameters = schema } = tool;
    return {
      type: 'function',
      function: { name, ...(description !== undefined && { description }), parameters },
    };
  }
  if (type === 'function' && !isObject(called)) return nested(tool, 'function');
  if (type !== 'custom') return tool;
  const flat = flatTool(tool) as Json;
  if (!lowers) return nested({ ...flat, ...grammarOf(flat.format) }, 'custom');
  const { tools = [] } = chatTools(new Members({ tools: [flat] }, dropped)) as { tools?: unknown[] };
  return tools[0];
}

const nested = ({ type, ...rest }: Json, as: string): Json => ({ type, [as]: rest });

/** A grammar stands one level deeper in chat. */
const grammarOf = (format: unknown): Json =>
  isObject(format) && format.type === 'grammar'
    ? { format: { type: format.type, grammar: { syntax: format.syntax, definition: format.definition } } }
    : {};

function choiceOf(choice: Json, lowers: boolean): unknown {
  const { type, name, function: called, custom } = choice;
  if (type === 'any') return 'required';
  if (type === 'auto' || type === 'none') return type;
  const own = name ?? (isObject(called) ? called.name : isObject(custom) ? custom.name : undefined);
  if (stringOf(own) === '') return choice;
  return type === 'custom' && !lowers
    ? { type, custom: { name: own } }
    : { type: 'function', function: { name: own } };
}

/** The body has a chat's messages, and not the input of a response. */
export const hasMessages = (body: Json): boolean => objectsOf(body.messages).length > 0;
