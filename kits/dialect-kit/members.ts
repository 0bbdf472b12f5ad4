import type { Json } from './json.ts';

/** A request that is taken apart member by member: what is left in the end has no counterpart in the other API. */
export class Members {
  readonly #left = new Map<string, unknown>();
  readonly #dropped: string[];
  readonly goesOn: boolean;

  /**
   * @param dropped takes the names of those that are left out without harm
   * @param goesOn another translation follows: extensions of the other API stay
   */
  constructor(body: Json, dropped: string[], goesOn = false) {
    this.goesOn = goesOn;
    // null has no effect in either API.
    for (const name of Object.keys(body)) if ((body[name] ?? null) !== null) this.#left.set(name, body[name]);
    this.#dropped = dropped;
  }

  take(name: string): unknown {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  /** Moves members with the same name into the other request. */
  move(names: readonly string[], into: Json): void {
    for (const name of names) if (this.#left.has(name)) into[name] = this.take(name);
  }

  /** Drops hints and metadata: the answer is valid without them. */
  drop(names: readonly string[]): void {
    for (const name of names) if (this.#left.delete(name)) this.dropped(name);
  }

  dropped(name: string): void {
    if (!this.#dropped.includes(name)) this.#dropped.push(name);
  }

  /** Refuses the first remaining member, unless its value has no effect. */
  end(
    cannotSay: (member: string, value: unknown) => never,
    asksNothing: (name: string, value: unknown) => boolean,
  ): void {
    for (const [name, value] of this.#left) if (!asksNothing(name, value)) cannotSay(name, value);
  }
}
