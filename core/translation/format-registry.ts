import type { Dialect, Offload, OpenFormats, Translation } from '../contracts/index.ts';
import { composed } from './compose.ts';

/** The wire formats that surfaces have brought. */
export class FormatRegistry implements OpenFormats {
  readonly dialects = new Map<string, Dialect>();
  /**
   * The nearest first: inside one surface's APIs less is lost than between two surfaces', and least of all is kept where it
   * takes two steps.
   */
  translations: readonly Translation[] = [];
  readonly #near: Translation[] = [];
  readonly #far: Translation[] = [];
  readonly modules: string[] = [];
  offload: Offload | undefined;

  add(dialects: readonly Dialect[], translations: readonly Translation[], module: string): void {
    for (const dialect of dialects) this.dialects.set(dialect.surface, dialect);
    const own = new Set(dialects.map(({ surface }) => surface));
    for (const one of translations) (own.has(one.from) && own.has(one.to) ? this.#near : this.#far).push(one);
    const direct = [...this.#near, ...this.#far];
    this.translations = [...direct, ...composed(direct)];
    this.modules.push(module);
  }

  convertBy(offload: Offload | undefined): void {
    this.offload = offload;
  }
}
