import type { Usage } from '../../core/contracts/index.ts';
import type { CacheStanding } from './answers.ts';

type Counted = Pick<CacheStanding, 'hits' | 'misses' | 'stored' | 'saved'>;

export interface Counts {
  /** @param usage of the answer that was sent again */
  hit(usage?: Partial<Usage>): void;
  missed(): void;
  stored(): void;
}

/** How often the cache answered since the start, and what that has saved. */
export class CacheCounts implements Counts {
  #hits = 0;
  #misses = 0;
  #stored = 0;
  #saved = { prompt: 0, completion: 0, cost: 0 };

  get counted(): Counted {
    return { hits: this.#hits, misses: this.#misses, stored: this.#stored, saved: { ...this.#saved } };
  }

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
