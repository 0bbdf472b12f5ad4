import { isObject, objectsOf, stringOf, type Json } from '../json.ts';

const isListed = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;

/** Whether a chat has the words that tools replaced. */
export const speaksOfFunctions = ({ functions, function_call: choice, messages }: Json): boolean =>
  isListed(functions) || isChoice(choice) || objectsOf(messages).some(isOld);

/** 'auto' and 'none' ask for nothing where nothing is offered. */
const isChoice = (choice: unknown): boolean => isObject(choice);

const isOld = ({ role, function_call: called }: Json): boolean => role === 'function' || isObject(called);

/** The same chat with tools. Where it has both, its functions stay what they are, and are refused. */
export function asTools(body: Json): Json {
  const { functions, function_call: choice, ...rest } = body;
  const offers = isListed(functions) && !isListed(body.tools);
  return {
    ...(offers ? rest : body),
    ...(offers && {
      tools: functions.map((called) => ({ type: 'function', function: called })),
      // A message had one call at most.
      parallel_tool_calls: body.parallel_tool_calls ?? false,
    }),
    ...(offers &&
      choice !== undefined &&
      choice !== null && { tool_choice: body.tool_choice ?? toolChoice(choice) }),
    ...(Array.isArray(body.messages) && { messages: messagesOf(body.messages) }),
  };
}

const toolChoice = (choice: unknown): unknown =>
  isObject(choice) ? { type: 'function', function: { name: choice.name } } : choice;

/** Calls had no ids: they are made from their places, so that they stay the same as a conversation grows. */
function messagesOf(messages: readonly unknown[]): unknown[] {
  /** of the calls that have no result yet, and the names of their functions */
  const open: [id: string, name: string][] = [];
  return messages.map((message, nth) => {
    if (!isObject(message) || !isOld(message)) return message;
    const { function_call: called, name, ...rest } = message;
    if (message.role === 'function') {
      const at = Math.max(
        0,
        open.findIndex(([, one]) => one === name),
      );
      const [[id] = []] = open.splice(at, 1);
      return id === undefined ? message : { ...rest, role: 'tool', tool_call_id: id };
    }
    // What both words say is said twice.
    if (!isObject(called) || isListed(message.tool_calls)) return message;
    const id = `call_${nth}`;
    open.push([id, stringOf(called.name)]);
    return {
      ...rest,
      ...(name !== undefined && { name }),
      tool_calls: [{ id, type: 'function', function: called }],
    };
  });
}
