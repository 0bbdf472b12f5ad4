import { randomUUID } from 'node:crypto';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { ToolCallNumbers, withTextArguments } from '../../../../kits/dialect-kit/tool-call-numbers.ts';

/** Normalises the fragments of tool calls: numbered, each with an id and a type where it begins. */
export class NormalToolCalls {
  readonly #numbers = new ToolCallNumbers();
  #begun = 0;

  next(said: unknown): Json[] {
    return objectsOf(said).map((fragment) => {
      const index = this.#numbers.of(fragment);
      const { index: _, ...normal } = withTextArguments(fragment);
      if (index < this.#begun) return { index, ...normal };
      this.#begun = index + 1;
      return { index, ...normal, ...beginning(normal) };
    });
  }
}

function beginning({ id, type, function: called }: Json): Json {
  return {
    id: stringOf(id) || `call_${randomUUID()}`,
    type: stringOf(type) || 'function',
    ...(isObject(called) && { function: { arguments: '', ...called } }),
  };
}
