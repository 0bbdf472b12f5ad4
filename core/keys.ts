import type { Key } from './contracts/scopes.ts';

/** ms of the first pause of a key whose refusal says no time, and of the longest: each is twice the one before. */
const FIRST = 1_000;
const LONGEST = 60_000;

interface OneKey extends Key {
  /** as `Authorization` says it */
  readonly header: string;
  /** until when it is out, on the house's clock, ms */
  until: number;
  detail: string;
  /** it was refused, and nothing says that it still is */
  isGuess: boolean;
  /** ms of its next pause where it says none */
  pause: number;
}

/** A provider's own keys, used in turns; one that is out is passed over until its time. */
export class Keys {
  readonly #keys: OneKey[];
  readonly #now: () => number;
  #turn = 0;
  /** how many of them have been put out and not yet seen back */
  #out = 0;

  constructor(values: readonly string[], now: () => number) {
    this.#keys = values.map((value, index) => ({
      header: `Bearer ${value}`,
      nth: index + 1,
      until: 0,
      detail: '',
      isGuess: false,
      pause: FIRST,
    }));
    this.#now = now;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The one whose turn it is; where all are out, the one that is back first. */
  next(): Key & { readonly header: string } {
    const keys = this.#keys;
    const turn = this.#turn;
    this.#turn = (turn + 1) % keys.length;
    const key = keys[turn] as OneKey;
    if (this.#out === 0) return key;
    const now = this.#now();
    this.#out = keys.filter(({ until }) => until > now).length;
    const inTurn = [...keys.slice(turn), ...keys.slice(0, turn)];
    const found = inTurn.find(({ until }) => until <= now);
    if (!found) return keys.reduce((first, one) => (one.until < first.until ? one : first));
    this.#turn = found.nth % keys.length;
    return found;
  }

  /**
   * Puts one out. @returns when the first of all is back and whether none of them has asked for a pause;
   * undefined: another is in
   */
  block(
    { nth }: Key,
    until: number,
    detail: string,
    isGuess: boolean,
  ): { readonly until: number; readonly isGuess: boolean } | undefined {
    const key = this.#keys[nth - 1] as OneKey;
    Object.assign(key, { until, detail, isGuess });
    const now = this.#now();
    this.#out = this.#keys.filter((one) => one.until > now).length;
    if (this.#out < this.#keys.length) return undefined;
    return {
      until: Math.min(...this.#keys.map((one) => one.until)),
      isGuess: this.#keys.every((one) => one.isGuess),
    };
  }

  /** How long one is left alone that did not say how long, in ms; what was under way as it went out makes it no longer. */
  pauseOf({ nth }: Key): number {
    const key = this.#keys[nth - 1] as OneKey;
    const rest = key.until - this.#now();
    if (rest > 0) return rest;
    const { pause } = key;
    key.pause = Math.min(LONGEST, pause * 2);
    return pause;
  }

  /** One gave an answer: its next pause is a short one. */
  answered(nth: number): void {
    const key = this.#keys[nth - 1];
    if (key) key.pause = FIRST;
  }

  reset(): void {
    for (const key of this.#keys) {
      key.until = 0;
      key.pause = FIRST;
    }
    this.#out = 0;
  }

  /** Those that are out, as they are shown: by their place, never by what they are. */
  get out(): { readonly key: number; readonly until: number; readonly detail: string }[] {
    const now = this.#now();
    return this.#keys
      .filter(({ until }) => until > now)
      .map(({ nth, until, detail }) => ({ key: nth, until, detail }));
  }
}
