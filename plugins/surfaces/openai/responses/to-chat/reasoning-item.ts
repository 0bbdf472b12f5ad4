import { stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { mergeInto } from '../../../../../kits/dialect-kit/merge.ts';
import { isBesideCall, sealed } from '../encrypted-reasoning.ts';
import type { ItemWriter, Place } from './item-writer.ts';

/**
 * The reasoning, as it is written. A caller that asked for a summary gets the reasoning there, because such clients read
 * nothing else.
 */
export class ReasoningItem {
  readonly #writer: ItemWriter;
  readonly #place: Place;
  readonly #summarises: boolean;
  readonly #details = new Map<unknown, Json>();
  #text = '';
  #isOpen = false;

  constructor(writer: ItemWriter, summarises: boolean) {
    this.#writer = writer;
    this.#summarises = summarises;
    this.#place = writer.place('rs');
    writer.added(this.#place, this.#item('in_progress'));
  }

  think(delta: string): void {
    this.#open();
    this.#text += delta;
    this.#writer.write(`response.${this.#event}.delta`, { ...this.#at(), delta });
  }

  /** A signature comes in pieces with one number. */
  sign(pieces: readonly Json[]): void {
    for (const piece of pieces) {
      const number = piece.index ?? this.#details.size;
      const whole = this.#details.get(number) ?? {};
      mergeInto(whole, piece);
      this.#details.set(number, whole);
    }
  }

  end(status: string): void {
    if (this.#isOpen) this.#close();
    this.#writer.done(this.#place, this.#item(status));
  }

  get #event(): string {
    return this.#summarises ? 'reasoning_summary_text' : 'reasoning_text';
  }

  get #partEvent(): string {
    return this.#summarises ? 'response.reasoning_summary_part' : 'response.content_part';
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#writer.write(`${this.#partEvent}.added`, { ...this.#at(), part: this.#part() });
  }

  #close(): void {
    this.#writer.write(`response.${this.#event}.done`, { ...this.#at(), text: this.#text });
    this.#writer.write(`${this.#partEvent}.done`, { ...this.#at(), part: this.#part() });
  }

  #at(): Json {
    const { output_index, item_id } = this.#place;
    return { item_id, output_index, [this.#summarises ? 'summary_index' : 'content_index']: 0 };
  }

  #part(): Json {
    return { type: this.#summarises ? 'summary_text' : 'reasoning_text', text: this.#text };
  }

  #item(status: string): Json {
    const parts = this.#text === '' ? [] : [this.#part()];
    const proofs = [...this.#details.values()].filter(isProof);
    return {
      id: this.#place.item_id,
      type: 'reasoning',
      status,
      summary: this.#summarises ? parts : [],
      ...(!this.#summarises && parts.length > 0 && { content: parts }),
      ...(proofs.length > 0 && { encrypted_content: sealed(proofs) }),
    };
  }
}

/** Reasoning without a signature is text alone. */
const isProof = (detail: Json): boolean =>
  stringOf(detail.signature) !== '' || stringOf(detail.data) !== '' || isBesideCall(detail);
