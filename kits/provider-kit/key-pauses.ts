import type { KeyPause } from '../../core/contracts/index.ts';
import { GrowingPause } from '../../core/upstreams/growing-pause.ts';

/** A pause that holds, or the memory of an ended one: the length of the next. */
interface Kept {
  pause: KeyPause;
  readonly growing: GrowingPause;
}

/** The most models that are kept: callers can make names up. */
const MOST = 256;
const NONE: KeyPause = { untilMs: 0, detail: '', isGuess: false };

/** The pauses of one key: one for all models, and one for each single model. */
export class KeyPauses {
  readonly #all = kept();
  readonly #models = new Map<string, Kept>();

  /** When the key can be used for that model. */
  untilMs(model: string): number {
    const { untilMs } = this.#all.pause;
    return this.#models.size === 0 ? untilMs : Math.max(untilMs, this.#models.get(model)?.pause.untilMs ?? 0);
  }

  /** The last pause to end of those for a model, or for all. */
  of(model: string | undefined): KeyPause {
    const { pause } = this.#all;
    const own = model === undefined ? undefined : this.#models.get(model)?.pause;
    return own && own.untilMs > pause.untilMs ? own : pause;
  }

  set(pause: KeyPause, model: string | undefined, now: number): void {
    this.#kept(model, now).pause = pause;
  }

  /** ms of a pause without a `Retry-After` */
  next(model: string | undefined, now: number): number {
    const { pause, growing } = this.#kept(model, now);
    return growing.next(pause.untilMs - now);
  }

  answered(model: string, now: number): void {
    this.#all.growing.answered();
    if (this.#models.size === 0) return;
    const own = this.#models.get(model);
    if (own && own.pause.untilMs <= now) this.#models.delete(model);
    else own?.growing.answered();
  }

  reset(): void {
    this.#all.pause = NONE;
    this.#all.growing.answered();
    this.#models.clear();
  }

  /** The pauses that hold. */
  list(now: number): (KeyPause & { readonly model?: string })[] {
    const own = [...this.#models].map(([model, { pause }]) => ({ model, ...pause }));
    return [this.#all.pause, ...own].filter((one) => one.untilMs > now);
  }

  #kept(model: string | undefined, now: number): Kept {
    if (model === undefined) return this.#all;
    let own = this.#models.get(model);
    if (own) return own;
    if (this.#models.size >= MOST) this.#drop(now);
    this.#models.set(model, (own = kept()));
    return own;
  }

  /** Drops the ended pauses, or else the one that ends first. */
  #drop(now: number): void {
    let first: string | undefined;
    let earliest = Infinity;
    for (const [model, { pause }] of this.#models) {
      if (pause.untilMs <= now) this.#models.delete(model);
      else if (pause.untilMs < earliest) [first, earliest] = [model, pause.untilMs];
    }
    if (this.#models.size >= MOST && first !== undefined) this.#models.delete(first);
  }
}

const kept = (): Kept => ({ pause: NONE, growing: new GrowingPause() });
