import { isObject, parse, stringOf, type Json } from './json.ts';

/**
 * Which tool call a fragment belongs to. OpenAI numbers the calls and names each once; other servers leave out the
 * number or the id, or give every call the number 0.
 */
export class ToolCallNumbers {
  readonly #calls: { id: string; name: string; hasArguments: boolean }[] = [];
  readonly #bySaid = new Map<unknown, number>();
  readonly #byId = new Map<string, number>();

  /** @returns the call's index in the answer */
  of(fragment: Json): number {
    const { index } = fragment;
    const id = stringOf(fragment.id);
    const isNumbered = index !== undefined && index !== null;
    let place = isNumbered ? this.#bySaid.get(index) : this.#unnumbered(id);
    if (place === undefined || this.#isAnother(fragment, place, isNumbered)) {
      place = this.#calls.push({ id: '', name: '', hasArguments: false }) - 1;
    }
    const call = this.#calls[place]!;
    call.id ||= id;
    if (call.id !== '' && !this.#byId.has(call.id)) this.#byId.set(call.id, place);
    call.name ||= nameOf(fragment);
    call.hasArguments ||= argumentsOf(fragment) !== '';
    if (isNumbered) this.#bySaid.set(index, place);
    return place;
  }

  #unnumbered(id: string): number | undefined {
    if (id !== '') return this.#byId.get(id);
    return this.#calls.length === 0 ? undefined : this.#calls.length - 1;
  }

  /**
   * Whether a fragment that refers to a call begins another one: it has a name, and an id of its own, or no id and
   * number at all, or no id and arguments that are whole, where the call has some already.
   */
  #isAnother(fragment: Json, place: number, isNumbered: boolean): boolean {
    if (nameOf(fragment) === '') return false;
    const call = this.#calls[place]!;
    const id = stringOf(fragment.id);
    if (id !== '') return call.id !== '' && call.id !== id;
    if (call.name === '') return false;
    return !isNumbered || (call.id === '' && call.hasArguments && isWhole(argumentsOf(fragment)));
  }
}

const argumentsOf = ({ function: called }: Json): string =>
  isObject(called) ? stringOf(called.arguments) : '';

const isWhole = (text: string): boolean => text.trimStart().startsWith('{') && isObject(parse(text));

/** The function that a fragment of a call names; empty where it names none. */
export const nameOf = ({ function: called }: Json): string => (isObject(called) ? stringOf(called.name) : '');

/** Some servers send the arguments as an object, where OpenAI sends its text. */
export function withTextArguments(fragment: Json): Json {
  if (!isObject(fragment.function) || !isObject(fragment.function.arguments)) return fragment;
  return {
    ...fragment,
    function: { ...fragment.function, arguments: JSON.stringify(fragment.function.arguments) },
  };
}
