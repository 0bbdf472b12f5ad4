import type { Found } from './finder.ts';

const NAMES = /\[[A-Z]\w{0,31}_\d{1,9}\]/g;

/** The names that replace the findings of one request. The same text has the same name, in order of appearance. */
export class Placeholders {
  readonly #body: string;
  /** names that the body has already: it is searched for all of them once */
  #taken: ReadonlySet<string> | undefined;
  readonly #byText = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly texts = new Map<string, string>();

  /** @param body a name that it has already is not given */
  constructor(body: string) {
    this.#body = body;
  }

  of({ text, name }: Found): string {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const placeholder = this.#next(name);
    this.#byText.set(text, placeholder);
    this.texts.set(placeholder, text);
    return placeholder;
  }

  #next(name: string): string {
    for (;;) {
      const count = (this.#counts.get(name) ?? 0) + 1;
      this.#counts.set(name, count);
      const placeholder = `[${name}_${count}]`;
      this.#taken ??= new Set(this.#body.match(NAMES));
      if (!this.#taken.has(placeholder)) return placeholder;
    }
  }
}
