import type { Fold } from '../../../../core/contracts/index.ts';
import { ChoicesFold, type ChoiceFold } from './fold-choices.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { mergeInto } from '../../../../kits/dialect-kit/merge.ts';
import { textOf } from '../../../../kits/dialect-kit/text-of.ts';

/** Folds completion chunks into a text_completion. */
export const foldCompletions = (): Fold => new ChoicesFold('text_completion', () => new TextChoice());

class TextChoice implements ChoiceFold {
  readonly #rest: Json = {};
  readonly #logprobs: Json = {};
  #text = '';

  add(choice: Json): void {
    const { index: _, delta: _delta, message: _message, text: _text, logprobs, ...rest } = choice;
    this.#text += textOf(choice);
    if (isObject(logprobs)) mergeInto(this.#logprobs, logprobs);
    for (const [name, value] of Object.entries(rest)) {
      if (value !== null && value !== '') this.#rest[name] = value;
    }
  }

  result(index: number): Json {
    const logprobs = Object.keys(this.#logprobs).length > 0 ? this.#logprobs : null;
    return { index, text: this.#text, logprobs, finish_reason: null, ...this.#rest };
  }
}
