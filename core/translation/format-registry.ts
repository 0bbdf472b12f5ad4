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
  /** by the module that brought them */
  readonly #brought = new Map<string, readonly [near: readonly Translation[], far: readonly Translation[]]>();
  modules: readonly string[] = [];
  offload: Offload | undefined;

  add(dialects: readonly Dialect[], translations: readonly Translation[], module: string): void {
    for (const dialect of dialects) this.dialects.set(dialect.surface, dialect);
    const own = new Set(dialects.map(({ surface }) => surface));
    const isNear = ({ from, to }: Translation): boolean => own.has(from) && own.has(to);
    this.#brought.set(module, [translations.filter(isNear), translations.filter((one) => !isNear(one))]);
    const all = [...this.#brought.values()];
    const direct = [...all.flatMap(([near]) => near), ...all.flatMap(([, far]) => far)];
    this.translations = [...direct, ...composed(direct)];
    this.modules = [...this.#brought.keys()];
  }

  convertBy(offload: Offload | undefined): void {
    this.offload = offload;
  }
}
