import type { Json } from '../../../../kits/dialect-kit/json.ts';

/** Writes a message's blocks as events, one open at a time, as Anthropic's API sends them. */
export class Blocks {
  readonly #write: (body: Json) => void;
  #kind = '';
  #index = -1;

  constructor(write: (body: Json) => void) {
    this.#write = write;
  }

  /** A piece of text or of thought; where it goes on, in the block that is open. */
  speak(kind: 'text' | 'thinking', piece: string): void {
    if (piece === '') return;
    if (this.#kind !== kind)
      this.open(kind, kind === 'text' ? { text: '', citations: null } : { thinking: '', signature: '' });
    this.delta({ type: `${kind}_delta`, [kind]: piece });
  }

  open(kind: string, members: Json): void {
    this.close();
    this.#kind = kind;
    this.#index += 1;
    this.#write({
      type: 'content_block_start',
      index: this.#index,
      content_block: { type: kind, ...members },
    });
  }

  delta(delta: Json): void {
    this.#write({ type: 'content_block_delta', index: this.#index, delta });
  }

  isOpen(kind: string): boolean {
    return this.#kind === kind;
  }

  close(): void {
    if (this.#kind === '') return;
    this.#kind = '';
    this.#write({ type: 'content_block_stop', index: this.#index });
  }
}
