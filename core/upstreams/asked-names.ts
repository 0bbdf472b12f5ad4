import type { Target } from './target.ts';

/** Names come from callers: this many are kept for each provider. */
const MOST = 256;

/**
 * The names that a provider is asked for without being known to have them. Each is a target of its own, so that failures
 * and pauses of one are not those of the others.
 */
export class AskedNames {
  readonly #targets = new Map<string, Target>();
  readonly #make: (name: string) => Target;
  readonly #dropped: (name: string) => void;

  constructor(make: (name: string) => Target, dropped: (name: string) => void = () => {}) {
    this.#make = make;
    this.#dropped = dropped;
  }

  of(name: string): Target {
    let target = this.#targets.get(name);
    if (target) return target;
    if (this.#targets.size >= MOST) this.#drop();
    this.#targets.set(name, (target = this.#make(name)));
    return target;
  }

  find(name: string): Target | undefined {
    return this.#targets.get(name);
  }

  get kept(): Iterable<Target> {
    return this.#targets.values();
  }

  /** Drops the name that has the least to remember. */
  #drop(): void {
    const [first, ...others] = this.#targets.values();
    const least = others.reduce((one, other) => (isMissedLess(other, one) ? other : one), first as Target);
    this.#targets.delete(least.name);
    this.#dropped(least.name);
  }
}

/** Names that never had an answer may be made up; of the others, one with nothing against it has least to forget. */
function worth({ stats }: Target): number {
  if (!stats.hasAnswered) return 0;
  return stats.circuit.hasFailed || stats.blocks.size > 0 ? 2 : 1;
}

const lastAt = ({ stats }: Target): number => Math.max(stats.reachedAtMs, stats.failedAtMs);

function isMissedLess(one: Target, other: Target): boolean {
  const more = worth(one) - worth(other);
  return more < 0 || (more === 0 && lastAt(one) < lastAt(other));
}
