import { objectsOf, parseExact, type Json } from '../../../../../../kits/dialect-kit/json.ts';

/** Conversations that connections continue, with one bound for all: over it, the oldest are dropped. */
export class Conversations {
  readonly #most: number;
  readonly #kept = new Map<string, Buffer>();
  #bytes = 0;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** undefined: it is not known, or not any more */
  find(id: string): Json[] | undefined {
    const kept = this.#kept.get(id);
    return kept && objectsOf(parseExact(kept.toString()));
  }

  keep(id: string, items: readonly Json[]): void {
    this.forget(id);
    const written = Buffer.from(JSON.stringify(items));
    this.#kept.set(id, written);
    this.#bytes += written.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) return;
      this.forget(oldest);
    }
  }

  forget(id: string): void {
    this.#bytes -= this.#kept.get(id)?.length ?? 0;
    this.#kept.delete(id);
  }
}
