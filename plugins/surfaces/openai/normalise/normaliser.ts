import type { Call, Normaliser, Quirks, SseEvent } from '../../../../core/contracts/index.ts';
import { errorIn } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { NormalChoice } from './choice.ts';
import { headOf, ownHead } from './head.ts';
import { normalAnswer } from './answer.ts';
import { disguised } from './failure.ts';
import { counted } from './usage.ts';

/** What a program writes instead of an empty text. */
const NOISE: ReadonlySet<string> = new Set(['', 'undefined', 'null']);

/** Normalises one chat answer of a provider with quirks to OpenAI's own format. An error passes unchanged. */
export const chatNormaliser = (quirks: Quirks, { model }: Call): Normaliser =>
  new ChatNormaliser(quirks, model);

class ChatNormaliser implements Normaliser {
  readonly #quirks: Quirks;
  readonly #model: string;
  readonly #choices = new Map<number, NormalChoice>();
  /** head members of each chunk */
  #once: Json | undefined;
  #isOver = false;

  constructor(quirks: Quirks, model: string) {
    this.#quirks = quirks;
    this.#model = model;
  }

  event(event: SseEvent): SseEvent[] {
    if (this.#isOver) return [];
    const text = event.data.trim();
    if (text === '[DONE]') return this.#done();
    const chunk = parseExact(text);
    if (!isObject(chunk)) return this.#stray(text, event);
    const isError = !Array.isArray(chunk.choices) && errorIn(chunk) !== undefined;
    return isError ? [event] : this.#chunk(chunk);
  }

  end(): SseEvent[] {
    return this.#isOver ? [] : this.#last(false);
  }

  answer(answer: unknown): unknown {
    return normalAnswer(answer, this.#quirks, this.#model);
  }

  #chunk(chunk: Json): SseEvent[] {
    const choices: Json[] = [];
    for (const [position, said] of objectsOf(chunk.choices).entries()) {
      const index = typeof said.index === 'number' ? said.index : position;
      const choice = this.#choices.get(index) ?? new NormalChoice(this.#quirks);
      this.#choices.set(index, choice);
      const made = choice.next(said, index);
      if (choice.failure !== undefined) return this.#fail(choice.failure);
      if (made) choices.push(made);
    }
    const usage = counted(chunk.usage, this.#quirks);
    const head = headOf(chunk);
    this.#note(head);
    if (choices.length === 0 && usage === undefined && head.error === undefined) return [];
    return [this.#write({ ...head, choices, ...(usage ? { usage } : {}) })];
  }

  /** Keeps `[DONE]` where it proves the end, or repeats a proof; elsewhere it is left out, and the answer counts as cut. */
  #done(): SseEvent[] {
    const { ends } = this.#quirks;
    const last = this.#last(ends !== 'reason');
    this.#isOver = true;
    const isProved = ends !== 'reason' || [...this.#choices.values()].every(({ hasEnded }) => hasEnded);
    return isProved ? [...last, { event: '', data: '[DONE]' }] : last;
  }

  #last(ends: boolean): SseEvent[] {
    const choices = [...this.#choices].flatMap(([index, choice]) => choice.last(index, ends) ?? []);
    return choices.length === 0 ? [] : [this.#write({ choices })];
  }

  /**
   * Not an object: noise between the chunks, or an error as text, which the reader recognises as long as no content
   * came.
   */
  #stray(text: string, event: SseEvent): SseEvent[] {
    if (event.event === 'ping' || NOISE.has(text)) return [];
    if (event.event === 'error' || this.#choices.size === 0) return [event];
    return this.#fail(`not an event of this API: ${text.slice(0, 200)}`);
  }

  /** The first chunk's value holds: some servers repeat it in each chunk, and some never send it. */
  #note(head: Json): void {
    const { id, created, model } = { ...ownHead(this.#model), ...head };
    this.#once ??= { id, created, model };
  }

  #write(chunk: Json): SseEvent {
    return { event: '', data: JSON.stringify({ ...chunk, ...this.#once, object: 'chat.completion.chunk' }) };
  }

  #fail(text: string): SseEvent[] {
    this.#isOver = true;
    return [{ event: '', data: JSON.stringify(disguised(text)) }];
  }
}
