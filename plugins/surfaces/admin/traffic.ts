import type { Attempt, Context } from '../../../core/contracts.ts';
import { attemptChannel } from '../../../core/dispatch.ts';

const MINUTE = 60_000;
/** Attempts of the minute that runs and of the whole ones before it are counted. */
export const MINUTES = 5;
/** Names come from callers: only so many are remembered. */
const REMEMBERED = 1_000;

/** Attempts of one minute, by model and then by target. */
interface Slice {
  readonly minute: number;
  readonly models: Map<string, Map<string, number>>;
}

/** How the attempts of the last minutes were shared among the targets of each model. */
export class Traffic {
  readonly #house: unknown;
  readonly #now: () => number;
  #slices: readonly Slice[] = [];

  constructor(house: unknown, now: () => number) {
    this.#house = house;
    this.#now = now;
    attemptChannel.subscribe(this.#listen);
  }

  /** Attempts for that model by the target's id. */
  of(model: string): ReadonlyMap<string, number> {
    const sum = new Map<string, number>();
    for (const { models } of this.#recent())
      for (const [target, count] of models.get(model) ?? []) sum.set(target, (sum.get(target) ?? 0) + count);
    return sum;
  }

  close(): void {
    attemptChannel.unsubscribe(this.#listen);
  }

  #listen = (message: unknown): void => {
    const { context, attempt, house } = message as { context: Context; attempt: Attempt; house: unknown };
    if (house !== this.#house) return;
    const { models } = this.#current();
    const { model } = context.call;
    let targets = models.get(model);
    if (!targets) {
      if (models.size >= REMEMBERED) return;
      models.set(model, (targets = new Map()));
    }
    const { id } = attempt.target;
    targets.set(id, (targets.get(id) ?? 0) + 1);
  };

  #current(): Slice {
    const minute = Math.floor(this.#now() / MINUTE);
    let slice = this.#slices.at(-1);
    if (slice?.minute !== minute) {
      slice = { minute, models: new Map() };
      this.#slices = [...this.#recent(), slice];
    }
    return slice;
  }

  #recent(): readonly Slice[] {
    const first = Math.floor(this.#now() / MINUTE) - MINUTES;
    return this.#slices.filter(({ minute }) => minute > first);
  }
}
