import type { Dialect, Offload, OpenFormats, Translation } from '../contracts/index.ts';
import { composed } from './compose.ts';

/** The wire formats that surfaces have brought. */
export class FormatRegistry implements OpenFormats {
  readonly dialects = new Map<string, Dialect>();
  /** The nearest first: inside one surface's APIs less is lost than between two, and most is lost where it takes two steps. */
  translations: readonly Translation[] = [];
  named: ReadonlyMap<string, Translation> = new Map();
  /** by the module that brought them */
  readonly #brought = new Map<string, Partial<Record<'near' | 'far', Translation[]>>>();
  modules: readonly string[] = [];
  offload: Offload | undefined;

  add(dialects: readonly Dialect[], translations: readonly Translation[], module: string): void {
    for (const dialect of dialects) this.dialects.set(dialect.surface, dialect);
    const own = new Set(dialects.map(({ surface }) => surface));
    const place = ({ from, to }: Translation) => (own.has(from) && own.has(to) ? 'near' : 'far');
    this.#brought.set(module, Object.groupBy(translations, place));
    const all = [...this.#brought.values()];
    const direct = (['near', 'far'] as const).flatMap((where) => all.flatMap((one) => one[where] ?? []));
    this.translations = [...direct, ...composed(direct)];
    this.named = new Map(this.translations.map((one) => [one.name, one]));
    this.modules = [...this.#brought.keys()];
  }

  convertBy(offload: Offload | undefined): void {
    this.offload = offload;
  }
}
