import { randomUUID } from 'node:crypto';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import {
  ToolCallNumbers,
  nameOf,
  withTextArguments,
} from '../../../../kits/dialect-kit/tool-call-numbers.ts';

/** Normalises the fragments of tool calls: numbered, each with an id and a type where it begins, and named once. */
export class NormalToolCalls {
  readonly #numbers = new ToolCallNumbers();
  /** by index: the name of each call that has begun */
  readonly #names: string[] = [];

  next(said: unknown): Json[] {
    return objectsOf(said).map((fragment) => {
      const index = this.#numbers.of(fragment);
      const { index: _, ...normal } = withTextArguments(fragment);
      if (index in this.#names) return { index, ...this.#continuing(normal, index) };
      this.#names[index] = nameOf(normal);
      return { index, ...normal, ...beginning(normal) };
    });
  }

  /** Clients concatenate repeated members: drops the id and the type, and a name that was already sent. */
  #continuing({ id: _, type: _type, function: called, ...others }: Json, index: number): Json {
    if (!isObject(called)) return others;
    const { name, ...rest } = called;
    const isNew = stringOf(name) !== '' && name !== this.#names[index];
    this.#names[index] ||= stringOf(name);
    return { ...others, function: isNew ? called : rest };
  }
}

function beginning({ id, type, function: called }: Json): Json {
  return {
    id: stringOf(id) || `call_${randomUUID()}`,
    type: stringOf(type) || 'function',
    ...(isObject(called) && { function: { arguments: '', ...called } }),
  };
}
