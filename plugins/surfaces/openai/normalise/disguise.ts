/**
 * Watches how an answer begins, for texts that are errors in disguise. A text that may still become one is held back.
 */
export class Disguise {
  readonly #texts: readonly string[];
  #held = '';
  #isDecided: boolean;
  /** the error, once it is known to be one */
  failure: string | undefined;

  constructor(texts: readonly string[] = []) {
    this.#texts = texts;
    this.#isDecided = texts.length === 0;
  }

  /** @returns what is certainly content */
  push(text: string): string {
    if (this.#isDecided) return text;
    this.#held += text;
    const start = this.#held.trimStart();
    if (this.#texts.some((failure) => start.startsWith(failure)))
      this.failure = start.trimEnd().slice(0, 500);
    else if (this.#texts.some((failure) => failure.startsWith(start))) return '';
    this.#isDecided = true;
    return this.end();
  }

  /** @returns what was held back */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}
