/** A piece of text, separated. */
export interface Separated {
  readonly reasoning: string;
  readonly content: string;
}

/** Separates reasoning from the answer in text as it arrives. */
export interface Separator {
  push(text: string): Separated;
  /** @returns what was held back because it might have been part of a tag */
  end(): Separated;
  /** The reasoning has begun and not ended. */
  readonly isOpen: boolean;
}
