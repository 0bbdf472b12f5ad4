import { isObject, objectsOf, type Json } from '../json.ts';

const isListed = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;

/** Whether a chat has the members that tools replaced. */
export const speaksOfFunctions = ({ functions, function_call: choice, messages }: Json): boolean =>
  isListed(functions) || isChoice(choice) || objectsOf(messages).some(isOld);

/** 'auto' and 'none' have no effect where nothing is offered. */
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
  const open = new OpenCalls();
  return messages.map((message, nth) => {
    if (!isObject(message) || !isOld(message)) return message;
    const { function_call: called, name, ...rest } = message;
    if (message.role === 'function') {
      const id = open.take(name);
      return id === undefined ? message : { ...rest, role: 'tool', tool_call_id: id };
    }
    // A message with both members has the call twice.
    if (!isObject(called) || isListed(message.tool_calls)) return message;
    const id = `call_${nth}`;
    open.add(called.name, id);
    return {
      ...rest,
      ...(name !== undefined && { name }),
      tool_calls: [{ id, type: 'function', function: called }],
    };
  });
}

/** Calls that have no result yet: one belongs to the first call of its name, else to the call before it. */
class OpenCalls {
  readonly #byName = new Map<unknown, { readonly ids: string[]; next: number }>();
  #last: string | undefined;

  add(name: unknown, id: string): void {
    const calls = this.#byName.get(name);
    if (calls) calls.ids.push(id);
    else this.#byName.set(name, { ids: [id], next: 0 });
    this.#last = id;
  }

  take(name: unknown): string | undefined {
    const calls = this.#byName.get(name);
    const id = calls?.ids[calls.next] ?? this.#last;
    if (calls && calls.next < calls.ids.length) calls.next += 1;
    if (id === this.#last) this.#last = undefined;
    return id;
  }
}
