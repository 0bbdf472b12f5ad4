import { LineStart } from './line-start.ts';
import type { Separated, Separator } from './separator.ts';

export interface Tags {
  /** the opening tag, up to where its attributes may begin */
  readonly open: string;
  readonly close: string;
  /** an element directly after the opening tag that is dropped */
  readonly title?: { readonly open: string; readonly close: string };
  /** an opening tag that some programs repeat inside, where it is dropped */
  readonly again?: string;
  /** what else is removed from the reasoning */
  readonly clean?: { push(text: string): string };
}

/** Most characters of an opening tag or a title. */
const LONGEST = 200;

/**
 * Reasoning between two tags at the start of the content, in one block or several. Chunks may split a tag anywhere:
 * what might be part of one is held back, so the result does not depend on where the text was split.
 */
export class ReasoningBlock implements Separator {
  readonly #tags: Tags;
  readonly #reasoningStart = new LineStart();
  readonly #contentStart = new LineStart();
  #state: 'before' | 'title' | 'inside' | 'between' | 'after' | 'never' = 'before';
  #held = '';

  constructor(tags: Tags) {
    this.#tags = tags;
  }

  get isOpen(): boolean {
    return this.#state === 'title' || this.#state === 'inside';
  }

  push(text: string): Separated {
    this.#held += text;
    let reasoning = '';
    let length: number;
    do {
      length = this.#held.length;
      if (this.#state === 'before' || this.#state === 'between') this.#readOpening();
      if (this.#state === 'title') this.#readTitle();
      if (this.#state === 'inside') reasoning += this.#readReasoning();
    } while (this.#state === 'between' && this.#held.length < length);
    if (this.#state === 'after') return { reasoning, content: this.#contentStart.push(this.#take()) };
    return { reasoning, content: this.#state === 'never' ? this.#take() : '' };
  }

  end(): Separated {
    const rest = this.#take();
    if (this.isOpen) return { reasoning: this.#clean(rest), content: '' };
    return { reasoning: '', content: this.#state === 'between' ? this.#contentStart.push(rest) : rest };
  }

  #readOpening(): void {
    const { open, title } = this.#tags;
    const otherwise = this.#state === 'between' ? 'after' : 'never';
    const text = this.#held.trimStart();
    if (text.length <= open.length) {
      if (!open.startsWith(text)) this.#state = otherwise;
      return;
    }
    const end = text.slice(0, LONGEST).indexOf('>', open.length);
    if (!text.startsWith(open) || !/[>\s]/.test(text[open.length] as string)) this.#state = otherwise;
    else if (end !== -1) {
      this.#held = text.slice(end + 1);
      this.#state = title ? 'title' : 'inside';
    } else if (text.length >= LONGEST) this.#state = otherwise;
  }

  #readTitle(): void {
    const { open, close } = this.#tags.title as { open: string; close: string };
    const text = this.#held.trimStart();
    if (text.length < open.length && open.startsWith(text)) return;
    const end = text.startsWith(open) ? text.slice(0, LONGEST).indexOf(close) : -1;
    if (end === -1 && text.startsWith(open) && text.length < LONGEST) return;
    if (end !== -1) this.#held = text.slice(end + close.length);
    this.#state = 'inside';
  }

  #readReasoning(): string {
    const { close, again = '' } = this.#tags;
    const end = this.#held.indexOf(close);
    if (end === -1) {
      const held = Math.max(halfOf(close, this.#held), halfOf(again, this.#held));
      return this.#clean(this.#take(this.#held.length - held));
    }
    const reasoning = this.#clean(this.#take(end));
    this.#take(close.length);
    this.#state = 'between';
    return reasoning;
  }

  #clean(text: string): string {
    const { again, clean } = this.#tags;
    const once = again === undefined ? text : text.replaceAll(again, '');
    return this.#reasoningStart.push(clean?.push(once) ?? once);
  }

  #take(length = this.#held.length): string {
    const taken = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return taken;
  }
}

/** @returns how many characters at the end of a text may be the start of a tag */
function halfOf(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
