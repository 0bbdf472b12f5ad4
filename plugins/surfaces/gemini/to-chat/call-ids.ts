import { stringOf } from '../../../../kits/dialect-kit/json.ts';

/**
 * Ids for calls and their results, which need none in the Gemini API: a result answers the first open call of its tool.
 * They are numbered, so that a conversation that is sent once more has the same.
 */
export class CallIds {
  #count = 0;
  readonly #open: { readonly id: string; readonly name: string }[] = [];

  call(given: unknown, name: string): string {
    this.#count += 1;
    const id = stringOf(given) || `call_${this.#count}`;
    this.#open.push({ id, name });
    return id;
  }

  /** @returns undefined: nothing was called that it could answer */
  result(given: unknown, name: string): string | undefined {
    const id = stringOf(given);
    const place = this.#open.findIndex((call) => (id === '' ? call.name === name : call.id === id));
    if (place === -1) return id || undefined;
    return this.#open.splice(place, 1)[0]?.id;
  }
}
