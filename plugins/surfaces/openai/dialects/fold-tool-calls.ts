import { isObject, stringOf, type Json } from './json.ts';
import { mergeInto } from './merge.ts';

/**
 * Puts the fragments of tool calls together. OpenAI numbers them and names each once; others leave the number or the
 * id out, give every call the number 0, or send calls whole with their arguments as an object.
 */
export class ToolCallsFold {
  readonly #calls: Json[] = [];
  readonly #byIndex = new Map<unknown, Json>();

  add(fragments: readonly Json[]): void {
    for (const { index, ...fragment } of fragments) {
      let call = this.#find(index, fragment);
      if (call === undefined || isAnother(fragment, call, index)) {
        call = {};
        this.#calls.push(call);
      }
      if (index !== undefined && index !== null) this.#byIndex.set(index, call);
      mergeInto(call, withTextArguments(fragment));
    }
  }

  result(): Json[] {
    return this.#calls.map((call) => {
      if (!isObject(call.function)) return call;
      return { type: 'function', ...call, function: { arguments: '', ...call.function } };
    });
  }

  #find(index: unknown, { id }: Json): Json | undefined {
    if (index !== undefined && index !== null) return this.#byIndex.get(index);
    if (stringOf(id) !== '') return this.#calls.find((call) => call.id === id);
    return this.#calls.at(-1);
  }
}

/** Whether a fragment that points at a call begins another one: it has a name, and an id of its own or no way to tell. */
function isAnother(fragment: Json, call: Json, index: unknown): boolean {
  if (nameOf(fragment) === '') return false;
  const id = stringOf(fragment.id);
  if (id !== '') return call.id !== undefined && call.id !== id;
  return (index === undefined || index === null) && nameOf(call) !== '';
}

const nameOf = (call: Json): string => (isObject(call.function) ? stringOf(call.function.name) : '');

function withTextArguments(fragment: Json): Json {
  if (!isObject(fragment.function) || !isObject(fragment.function.arguments)) return fragment;
  return {
    ...fragment,
    function: { ...fragment.function, arguments: JSON.stringify(fragment.function.arguments) },
  };
}
