import type { Dialect, Offload, OpenFormats, Translation } from '../contracts/index.ts';

/** The wire formats that surfaces have brought. */
export class FormatRegistry implements OpenFormats {
  readonly dialects = new Map<string, Dialect>();
  /** The nearest first: inside one surface's APIs less is lost than between two surfaces'. */
  readonly translations: Translation[] = [];
  #near = 0;
  readonly modules: string[] = [];
  offload: Offload | undefined;

  add(dialects: readonly Dialect[], translations: readonly Translation[], module: string): void {
    for (const dialect of dialects) this.dialects.set(dialect.surface, dialect);
    const own = new Set(dialects.map(({ surface }) => surface));
    const isNear = ({ from, to }: Translation): boolean => own.has(from) && own.has(to);
    const near = translations.filter(isNear);
    this.translations.splice(this.#near, 0, ...near);
    this.#near += near.length;
    this.translations.push(...translations.filter((one) => !isNear(one)));
    this.modules.push(module);
  }

  convertBy(offload: Offload | undefined): void {
    this.offload = offload;
  }
}
