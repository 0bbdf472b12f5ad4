/** A piece of text, taken apart. */
export interface Separated {
  readonly reasoning: string;
  readonly content: string;
}

/** Says of text, as it comes, what is reasoning and what is the answer. */
export interface Separator {
  push(text: string): Separated;
  /** @returns what was held back because it might have been half of a tag */
  end(): Separated;
  /** The reasoning has begun and its end was not seen. */
  readonly isOpen: boolean;
}
