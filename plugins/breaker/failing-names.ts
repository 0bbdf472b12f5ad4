import type { Target } from '../../core/contracts/index.ts';

/** Different names that have failed at one provider with no answer in between: then it is not the names that fail. */
export class FailingNames {
  readonly #enough: number;
  readonly #failed = new Map<Target, Set<string>>();

  /** @param enough that many names are enough */
  constructor(enough: number) {
    this.#enough = enough;
  }

  /** @returns whether that is enough; then it begins again */
  add(provider: Target, name: string): boolean {
    let names = this.#failed.get(provider);
    if (!names) this.#failed.set(provider, (names = new Set()));
    names.add(name);
    return names.size >= this.#enough && this.#failed.delete(provider);
  }

  end(provider: Target): void {
    if (this.#failed.size > 0) this.#failed.delete(provider);
  }
}
