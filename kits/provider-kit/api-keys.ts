import { createHash } from 'node:crypto';
import type * as contract from '../../core/contracts/index.ts';
import type { Key, KeyPause } from '../../core/contracts/index.ts';
import { KeyPauses } from './key-pauses.ts';

interface OneKey extends Key {
  /** the value of the header that it is sent in */
  readonly header: string;
  readonly pauses: KeyPauses;
}

/** A provider's own keys, used in turns. A blocked key (for all models, or for the requested one) is skipped until its pause ends. */
export class Keys implements contract.Keys {
  readonly #keys: readonly OneKey[];
  readonly #now: () => number;
  #turn = 0;
  /** when the last pause ends; 0: there is none */
  #lastUntilMs = 0;

  constructor(values: readonly string[], now: () => number, scheme = 'Bearer ') {
    this.#keys = values.map((value, index) => ({
      header: `${scheme}${value}`,
      nth: index + 1,
      pauses: new KeyPauses(),
    }));
    this.#now = now;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The next key for that model; where all are blocked, the one whose pause ends first. */
  next(model: string): Key & { readonly header: string } {
    const keys = this.#keys;
    const turn = this.#turn;
    this.#turn = (turn + 1) % keys.length;
    let first = keys[turn] as OneKey;
    if (this.#lastUntilMs === 0) return first;
    const now = this.#now();
    if (this.#lastUntilMs <= now) this.#lastUntilMs = 0;
    for (let at = turn; at < turn + keys.length; at++) {
      const key = keys[at % keys.length] as OneKey;
      const until = key.pauses.untilMs(model);
      if (until <= now) {
        this.#turn = key.nth % keys.length;
        return key;
      }
      if (until < first.pauses.untilMs(model)) first = key;
    }
    return first;
  }

  /** Blocks a key. @param model only for that model; without it, for all */
  block({ nth }: Key, pause: KeyPause, model?: string): void {
    this.#of(nth)?.pauses.set(pause, model, this.#now());
    this.#lastUntilMs = Math.max(this.#lastUntilMs, pause.untilMs);
  }

  /**
   * When the first pause ends, and whether all pauses are guesses; undefined: a key is free.
   * @param model for that model; without it, for any
   */
  back(model?: string): { readonly untilMs: number; readonly isGuess: boolean } | undefined {
    const now = this.#now();
    const pauses = this.#keys.map((key) => key.pauses.of(model));
    if (!pauses.every((pause) => pause !== undefined && pause.untilMs > now)) return undefined;
    return {
      untilMs: Math.min(...pauses.map((pause) => pause!.untilMs)),
      isGuess: pauses.every((pause) => pause!.isGuess),
    };
  }

  /** ms of a pause without a `Retry-After`. */
  pauseMs({ nth }: Key, model?: string): number {
    return this.#of(nth)?.pauses.next(model, this.#now()) ?? 0;
  }

  /** A key has been answered for that model. */
  answered(nth: number, model: string): void {
    this.#of(nth)?.pauses.answered(model, this.#now());
  }

  reset(): void {
    for (const { pauses } of this.#keys) pauses.reset();
    this.#lastUntilMs = 0;
  }

  /** The blocked keys, as operators see them: by their number, never by their value. */
  get out(): {
    readonly key: number;
    readonly model?: string;
    readonly untilMs: number;
    readonly detail: string;
  }[] {
    const now = this.#now();
    return this.#keys.flatMap(({ nth, pauses }) =>
      pauses.list(now).map(({ isGuess: _, ...pause }) => ({ key: nth, ...pause })),
    );
  }

  /** The pauses of one key that hold, for all models or for one. */
  pausesOf(nth: number): readonly (KeyPause & { readonly model?: string })[] {
    return this.#of(nth)?.pauses.list(this.#now()) ?? [];
  }

  /** An id that is the same for the same key, and reveals nothing about it. */
  idOf(nth: number): string {
    const { header = '' } = this.#of(nth) ?? {};
    return createHash('sha256').update(`switchyard key ${header}`).digest('hex').slice(0, 24);
  }

  /** The key with that text; undefined: there is none. */
  withId(id: string): Key | undefined {
    return this.#keys.find(({ nth }) => this.idOf(nth) === id);
  }

  #of(nth: number): OneKey | undefined {
    return this.#keys[nth - 1];
  }
}
