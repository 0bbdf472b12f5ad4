import type * as contract from '../contracts/index.ts';

/** ms for which it is remembered: a server may be started again with other flags, or be a newer one. */
const KEPT = 600_000;
/** The paths come from callers: this many are remembered. */
const MOST = 50;

/** The APIs that a provider was seen to lack, whatever it is said to have. */
export class MissingSurfaces implements contract.MissingSurfaces {
  /** until when, on the clock of `performance.now()` */
  readonly #known = new Map<string, { readonly untilMs: number; readonly because: string }>();

  has(surface: string): boolean {
    return this.#known.size > 0 && (this.#known.get(surface)?.untilMs ?? 0) > performance.now();
  }

  learn(surface: string, because: string): void {
    if (this.#known.size >= MOST) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(surface, { untilMs: performance.now() + KEPT, because });
  }

  forget(surface?: string): void {
    if (surface === undefined) this.#known.clear();
    else this.#known.delete(surface);
  }

  get list(): contract.MissingSurface[] {
    return [...this.#known]
      .filter(([surface]) => this.has(surface))
      .map(([surface, { because }]) => ({ surface, because }));
  }
}
