import type { Dialect, Offload, OpenFormats, Translation } from '../contracts/index.ts';

/** The wire formats that surfaces have brought. */
export class FormatRegistry implements OpenFormats {
  readonly dialects = new Map<string, Dialect>();
  readonly translations: Translation[] = [];
  readonly modules: string[] = [];
  offload: Offload | undefined;

  add(dialects: readonly Dialect[], translations: readonly Translation[], module: string): void {
    for (const dialect of dialects) this.dialects.set(dialect.surface, dialect);
    this.translations.push(...translations);
    this.modules.push(module);
  }

  convertBy(offload: Offload | undefined): void {
    this.offload = offload;
  }
}
