import type { Host } from '../../../core/contracts/index.ts';

const MINUTE = 60_000;
/** Attempts are counted over the current minute and the whole minutes before it. */
export const MINUTES = 5;
/** Most models remembered: names come from callers. */
const REMEMBERED = 1_000;

/** Attempts of one minute, by model and then by target. */
interface Slice {
  readonly minute: number;
  readonly models: Map<string, Map<string, number>>;
}

/** How the attempts of the last minutes were shared among the targets of each model. */
export class Traffic {
  readonly #now: () => number;
  #slices: readonly Slice[] = [];

  constructor({ events, now }: Host) {
    this.#now = now;
    events.onAttempt(({ target }, { call }) => this.#count(call.model, target.id));
  }

  /** Attempts for that model by the target's id. */
  of(model: string): ReadonlyMap<string, number> {
    const sum = new Map<string, number>();
    for (const { models } of this.#recent())
      for (const [target, count] of models.get(model) ?? []) sum.set(target, (sum.get(target) ?? 0) + count);
    return sum;
  }

  #count(model: string, target: string): void {
    const { models } = this.#current();
    let targets = models.get(model);
    if (!targets) {
      if (models.size >= REMEMBERED) return;
      models.set(model, (targets = new Map()));
    }
    targets.set(target, (targets.get(target) ?? 0) + 1);
  }

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
