import { digestOf } from './key-record.ts';
import type { KeyText } from './keyring.ts';

/** Keys that are remembered, so that a request of a known one needs no digest made and a single search. */
const MOST = 20_000;

/** What a request has sent as its key. */
export class SentKey {
  readonly digest: string;
  /** what the keyring has for it; undefined: nothing */
  found: KeyText | undefined;
  /** of the keyring that has that */
  version = -1;

  constructor(text: string) {
    this.digest = digestOf(text);
  }
}

/** Only those that got in: what others send is not kept. */
export class SentKeys {
  readonly #known = new Map<string, SentKey>();

  known(text: string): SentKey | undefined {
    return this.#known.get(text);
  }

  gotIn(text: string, sent: SentKey): void {
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(text, sent);
  }
}
