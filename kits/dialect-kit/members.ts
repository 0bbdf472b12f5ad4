import type { Json } from './json.ts';

/** A request that is taken apart member by member: what is left in the end has no counterpart in the other API. */
export class Members {
  readonly #left = new Map<string, unknown>();
  readonly #dropped: string[];
  readonly goesOn: boolean;

  /**
   * @param dropped takes the names of those that are left out without harm
   * @param goesOn another translation follows: what the other API has only as an extension stays
   */
  constructor(body: Json, dropped: string[], goesOn = false) {
    this.goesOn = goesOn;
    // null asks for nothing in either API.
    for (const name of Object.keys(body)) if ((body[name] ?? null) !== null) this.#left.set(name, body[name]);
    this.#dropped = dropped;
  }

  take(name: string): unknown {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  /** Puts those that are called the same in both into the other request. */
  move(names: readonly string[], into: Json): void {
    for (const name of names) if (this.#left.has(name)) into[name] = this.take(name);
  }

  /** Leaves out what is a wish or a note: the answer is right without it. */
  drop(names: readonly string[]): void {
    for (const name of names) if (this.#left.delete(name)) this.dropped(name);
  }

  dropped(name: string): void {
    if (!this.#dropped.includes(name)) this.#dropped.push(name);
  }

  /** Refuses the first that is left, unless its value asks for nothing. */
  end(
    cannotSay: (member: string, value: unknown) => never,
    asksNothing: (name: string, value: unknown) => boolean,
  ): void {
    for (const [name, value] of this.#left) if (!asksNothing(name, value)) cannotSay(name, value);
  }
}
