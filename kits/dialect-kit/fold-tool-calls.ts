import { isObject, type Json } from './json.ts';
import { mergeInto } from './merge.ts';
import { ToolCallNumbers, withTextArguments } from './tool-call-numbers.ts';

/** Joins the fragments of tool calls. */
export class ToolCallsFold {
  readonly #numbers = new ToolCallNumbers();
  readonly #calls: Json[] = [];

  add(fragments: readonly Json[]): void {
    for (const fragment of fragments) {
      const { index: _, ...said } = withTextArguments(fragment);
      mergeInto((this.#calls[this.#numbers.of(fragment)] ??= {}), said);
    }
  }

  result(): Json[] {
    return this.#calls.map((call) => {
      if (!isObject(call.function)) return call;
      return { type: 'function', ...call, function: { arguments: '', ...call.function } };
    });
  }
}
