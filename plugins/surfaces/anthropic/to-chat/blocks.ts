import type { Json } from '../../../../kits/dialect-kit/json.ts';

/** Writes a message's blocks as events, one open at a time, as Anthropic's API sends them. */
export class Blocks {
  readonly #write: (body: Json) => void;
  #kind = '';
  #index = -1;
  /** white space where a text may begin: alone it is none, and Anthropic's API takes none back */
  #blank = '';

  constructor(write: (body: Json) => void) {
    this.#write = write;
  }

  /** A piece of text or of reasoning: in the open block, where it continues that. */
  speak(kind: 'text' | 'thinking', piece: string): void {
    if (piece === '') return;
    if (this.#kind === kind) return this.#say(kind, piece);
    if (kind === 'text' && piece.trim() === '') {
      this.#blank += piece;
      return;
    }
    const said = kind === 'text' ? this.#blank + piece : piece;
    this.open(kind, kind === 'text' ? { text: '', citations: null } : { thinking: '', signature: '' });
    this.#say(kind, said);
  }

  #say(kind: 'text' | 'thinking', piece: string): void {
    this.delta({ type: `${kind}_delta`, [kind]: piece });
  }

  /** The signature of the open reasoning, which ends it. */
  sign(signature: string): void {
    if (!this.isOpen('thinking')) this.open('thinking', { thinking: '', signature: '' });
    this.delta({ type: 'signature_delta', signature });
    this.close();
  }

  /** Reasoning that is not shown. */
  hide(data: string): void {
    this.open('redacted_thinking', { data });
    this.close();
  }

  /** Nothing follows. White space is written where there was nothing else. */
  end(): void {
    const blank = this.#blank;
    if (this.#index === -1 && blank !== '') {
      this.open('text', { text: '', citations: null });
      this.#say('text', blank);
    }
    this.close();
  }

  open(kind: string, members: Json): void {
    this.close();
    this.#blank = '';
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
