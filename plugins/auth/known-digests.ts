import { digestOf } from './key-record.ts';

/** Keys whose digests are remembered, so that a request of a known key needs none made. */
const MOST = 20_000;

/** Digests of keys. Only of those that got in: what others send is not kept. */
export class KnownDigests {
  readonly #known = new Map<string, string>();

  of(key: string): string {
    return this.#known.get(key) ?? digestOf(key);
  }

  gotIn(key: string, digest: string): void {
    if (this.#known.has(key)) return;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, digest);
  }
}
