import type { Call, Normaliser, Quirks, SseEvent } from '../../../../core/contracts.ts';
import { isObject, objectsOf, parse, type Json } from '../dialects/json.ts';
import { NormalChoice } from './choice.ts';
import { headOf } from './head.ts';
import { normalAnswer } from './answer.ts';
import { disguised } from './failure.ts';
import { counted } from './usage.ts';

/** Makes one chat answer of a provider with quirks into OpenAI's own. What is no chunk passes as it came. */
export const chatNormaliser = (quirks: Quirks, _call: Call): Normaliser => new ChatNormaliser(quirks);

class ChatNormaliser implements Normaliser {
  readonly #quirks: Quirks;
  readonly #choices = new Map<number, NormalChoice>();
  /** said once: some say it anew in each chunk */
  #once: Json = {};
  #isOver = false;

  constructor(quirks: Quirks) {
    this.#quirks = quirks;
  }

  event(event: SseEvent): SseEvent[] {
    if (this.#isOver) return [];
    const text = event.data.trim();
    if (text === '[DONE]') return this.#done();
    const chunk = parse(text);
    if (!isObject(chunk) || !Array.isArray(chunk.choices)) return [event];
    return this.#chunk(chunk);
  }

  end(): SseEvent[] {
    return this.#isOver ? [] : this.#last(false);
  }

  answer(answer: unknown): unknown {
    return normalAnswer(answer, this.#quirks);
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
    const usage = counted(chunk.usage);
    const head = headOf(chunk);
    this.#once = { ...head, ...this.#once };
    if (choices.length === 0 && usage === undefined && head.error === undefined) return [];
    return [this.#write({ ...head, choices, ...(usage ? { usage } : {}) })];
  }

  /** `[DONE]` where nothing else proves the end, or beside what does; without it, it is left out, which is a cut. */
  #done(): SseEvent[] {
    const { ends } = this.#quirks;
    const last = this.#last(ends === 'done');
    this.#isOver = true;
    const isProved = ends !== 'reason' || [...this.#choices.values()].every(({ hasEnded }) => hasEnded);
    return isProved ? [...last, { event: '', data: '[DONE]' }] : last;
  }

  #last(ends: boolean): SseEvent[] {
    const choices = [...this.#choices].flatMap(([index, choice]) => choice.last(index, ends) ?? []);
    return choices.length === 0 ? [] : [this.#write({ choices })];
  }

  #write(chunk: Json): SseEvent {
    const { id, created, model } = this.#once;
    const once = Object.fromEntries(
      Object.entries({ id, created, model }).filter(([, value]) => value !== undefined),
    );
    return { event: '', data: JSON.stringify({ ...chunk, ...once, object: 'chat.completion.chunk' }) };
  }

  #fail(text: string): SseEvent[] {
    this.#isOver = true;
    return [{ event: '', data: JSON.stringify(disguised(text)) }];
  }
}
