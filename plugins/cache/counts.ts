import type { Usage } from '../../core/contracts/index.ts';
import type { CacheStanding } from './answers.ts';

type Counted = Pick<CacheStanding, 'hits' | 'misses' | 'stored' | 'saved'>;

/** How often the cache answered since the start, and what that has saved. */
export class CacheCounts {
  #hits = 0;
  #misses = 0;
  #stored = 0;
  #saved = { prompt: 0, completion: 0, cost: 0 };

  get counted(): Counted {
    return { hits: this.#hits, misses: this.#misses, stored: this.#stored, saved: { ...this.#saved } };
  }

  /** @param usage of the answer that was sent again */
  hit({ prompt = 0, completion = 0, cost }: Partial<Usage> = {}): void {
    this.#hits++;
    this.#saved.prompt += prompt;
    this.#saved.completion += completion;
    this.#saved.cost += cost ?? 0;
  }

  missed(): void {
    this.#misses++;
  }

  stored(): void {
    this.#stored++;
  }
}
