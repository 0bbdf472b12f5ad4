import type { Json } from './json.ts';

/** Of the choices of one stream, the one that an API with a single answer shows: the first that came. */
export class OneChoice {
  #index: number | undefined;

  /** @returns undefined: a chunk's choices are those of other answers, or it has none */
  among(choices: readonly Json[]): Json | undefined {
    for (const [position, choice] of choices.entries()) {
      const index = typeof choice.index === 'number' ? choice.index : position;
      this.#index ??= index;
      if (index === this.#index) return choice;
    }
    return undefined;
  }
}
