import type { Json } from '../../../../../kits/dialect-kit/json.ts';

/** Where an item stands, as each of its events says. */
export interface Place {
  readonly output_index: number;
  readonly item_id: string;
}

/** Numbers the events and the items of one response, and writes them. */
export class ItemWriter {
  readonly #send: (event: Json) => void;
  readonly #id: string;
  /** the finished items by their places; an unfinished one leaves a hole */
  readonly #done: (Json | undefined)[] = [];
  #count = 0;
  /** of the event that comes next */
  number = 0;

  /** @param id unlike that of any other response */
  constructor(id: string, send: (event: Json) => void) {
    this.#id = id;
    this.#send = send;
  }

  /** No item has begun. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** The items so far, in order. */
  get output(): Json[] {
    return this.#done.filter((item) => item !== undefined);
  }

  /** The place of an item that begins. */
  place(kind: string): Place {
    const index = this.#count++;
    return { output_index: index, item_id: `${kind}_${this.#id}${index.toString(16).padStart(4, '0')}` };
  }

  added({ output_index }: Place, item: Json): void {
    this.write('response.output_item.added', { output_index, item });
  }

  done({ output_index }: Place, item: Json): void {
    this.#done[output_index] = item;
    this.write('response.output_item.done', { output_index, item });
  }

  write(type: string, members: Json): void {
    this.#send({ type, sequence_number: this.number++, ...members });
  }
}
