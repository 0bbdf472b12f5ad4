import { randomUUID } from 'node:crypto';
import { isObject, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { ObjectEnd } from '../../../../kits/dialect-kit/object-end.ts';
import { argumentsIn } from '../../../../kits/dialect-kit/spoken.ts';
import { ToolCallNumbers, withTextArguments } from '../../../../kits/dialect-kit/tool-call-numbers.ts';

interface Call {
  id: string;
  name: string;
  text: string;
  readonly end: ObjectEnd;
  /** Its text was whole, and was parsed: it is not parsed again with each piece that follows. */
  isRead: boolean;
  isWritten: boolean;
}

/** Gathers the fragments of tool calls: Ollama has each as a whole. */
export class ToolCalls {
  readonly #numbers = new ToolCallNumbers();
  readonly #calls: Call[] = [];

  get any(): boolean {
    return this.#calls.length > 0;
  }

  /** @returns the calls that are whole by now and were not written yet */
  add(given: Json): Json[] {
    const fragment = withTextArguments(given);
    const call = (this.#calls[this.#numbers.of(fragment)] ??= {
      id: '',
      name: '',
      text: '',
      end: new ObjectEnd(),
      isRead: false,
      isWritten: false,
    });
    const called = isObject(fragment.function) ? fragment.function : {};
    call.id ||= stringOf(fragment.id);
    call.name ||= stringOf(called.name);
    const piece = stringOf(called.arguments);
    call.text += piece;
    call.end.read(piece);
    if (call.isRead || !call.end.isWhole) return [];
    call.isRead = true;
    return isObject(parse(call.text)) ? this.#written(call, false) : [];
  }

  /** Nothing follows. @param isCut the answer ran out of tokens */
  end(isCut: boolean): Json[] {
    return this.#calls.flatMap((call) => this.#written(call, isCut));
  }

  #written(call: Call, isCut: boolean): Json[] {
    if (call.isWritten || call.name === '') return [];
    call.isWritten = true;
    const index = this.#calls.indexOf(call);
    return [toolCall(call.id, index, call.name, argumentsIn(call.text, call.name, isCut))];
  }
}

export const toolCall = (id: string, index: number, name: string, args: unknown): Json => ({
  id: id || `call_${randomUUID()}`,
  function: { index, name, arguments: args },
});
