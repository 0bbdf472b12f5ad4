import type { Fold, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';

/** The state of one choice. */
export interface ChoiceFold {
  add(choice: Json): void;
  result(index: number): Json;
}

/** the head of the answer; some vendors repeat it in each chunk, or send parts of it later */
const FIRST_WINS = new Set(['id', 'created', 'model', 'system_fingerprint']);
/** set by the gateway, or padding of the stream */
const LEFT_OUT = new Set(['choices', 'object', 'usage', 'obfuscation']);

/** Folds a stream of chunks with `choices` into the whole answer, for a client that wants no stream. */
export class ChoicesFold implements Fold {
  readonly #object: string;
  readonly #newChoice: () => ChoiceFold;
  readonly #head: Json = {};
  readonly #choices = new Map<number, ChoiceFold>();
  #usage: Json | undefined;

  constructor(object: string, newChoice: () => ChoiceFold) {
    this.#object = object;
    this.#newChoice = newChoice;
  }

  add({ data }: SseEvent): void {
    const chunk = parseExact(data);
    if (!isObject(chunk)) return;
    this.#addHead(chunk);
    if (isObject(chunk.usage)) this.#addUsage(chunk.usage);
    for (const [position, choice] of objectsOf(chunk.choices).entries()) {
      const index = typeof choice.index === 'number' ? choice.index : position;
      const fold = this.#choices.get(index) ?? this.#newChoice();
      this.#choices.set(index, fold);
      fold.add(choice);
    }
  }

  result(): Json {
    const choices = [...this.#choices].sort(([one], [other]) => one - other);
    return {
      ...this.#head,
      ...required(this.#head),
      object: this.#object,
      choices: choices.map(([index, fold]) => fold.result(index)),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    };
  }

  #addHead(chunk: Json): void {
    for (const [name, value] of Object.entries(chunk)) {
      if (LEFT_OUT.has(name) || value === null || value === '') continue;
      if (FIRST_WINS.has(name) && this.#head[name]) continue;
      const before = this.#head[name];
      this.#head[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
    }
  }

  /** Some vendors count in every chunk; some send zeros before or after the count. */
  #addUsage(usage: Json): void {
    const counts = Object.values(usage);
    if (counts.length === 0) return;
    if (this.#usage === undefined || counts.some((count) => typeof count === 'number' && count > 0)) {
      this.#usage = usage;
    }
  }
}
