import type { Fold, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** Folds a Responses stream: its closing event holds the whole answer. */
export const foldResponses = (): Fold => new ResponsesFold();

class ResponsesFold implements Fold {
  #response: Json | undefined;
  readonly #items = new Map<unknown, Json>();

  add({ data }: SseEvent): void {
    const body = parseExact(data);
    if (!isObject(body)) return;
    if (isObject(body.response)) this.#response = body.response;
    if (body.type === 'response.output_item.done' && isObject(body.item)) {
      this.#items.set(body.output_index ?? this.#items.size, body.item);
    }
  }

  /** Some servers leave the output out of their closing event: then it consists of the items that were done. */
  result(): unknown {
    const { output } = this.#response ?? {};
    if (this.#items.size === 0 || (Array.isArray(output) && output.length > 0)) return this.#response;
    const items = [...this.#items].sort(([one], [other]) => asNumber(one) - asNumber(other));
    return { ...this.#response, output: items.map(([, item]) => item) };
  }
}
