import type { Trace } from '../../core/contracts/index.ts';
import { single, type Family } from './page.ts';

/** Counts requests that were answered from the cache, and the tokens that this has saved. */
export class CacheHits {
  #hits = 0;
  #tokens = 0;

  add({ saved }: Trace): void {
    if (!saved) return;
    this.#hits++;
    this.#tokens += saved.total;
  }

  get families(): readonly Family[] {
    return [
      single('counter', 'switchyard_cache_hits_total', 'Requests answered from the cache.', () => this.#hits),
      single(
        'counter',
        'switchyard_cache_saved_tokens_total',
        'Tokens of answers that came from the cache, as they were counted when they were given.',
        () => this.#tokens,
      ),
    ];
  }
}
