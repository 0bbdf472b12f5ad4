import type { Target } from '../../../core/contracts/index.ts';
import type { Holder } from '../usage/recorder.ts';
import { exact, type GroupBound, type LimitInForce } from './limit-in-force.ts';

/** names of models that are remembered for a target: callers choose them */
const MOST_NAMES = 100;

const NONE: readonly never[] = [];

/** What counts an attempt at a target. */
export interface TargetBounds {
  readonly bounds: readonly GroupBound[];
  /** those of them that count requests */
  readonly requests: readonly GroupBound[];
  /** Some of them count tokens, or money. */
  readonly countsTokens: boolean;
  readonly countsMoney: boolean;
  /** the bound that refuses unknown prices; undefined: none does */
  readonly refusesUnknown: GroupBound | undefined;
}

/** The limits that hold for one key, found once, until limits change. */
export class Plan {
  /** what counts a request, whatever target it is for */
  readonly bounds: readonly GroupBound[];
  readonly all: readonly LimitInForce[];
  /** Some of them count tokens. */
  readonly countsTokens: boolean;
  readonly #holder: Holder;
  readonly #atTarget: readonly LimitInForce[];
  #without: TargetBounds | undefined;
  /** those of the last attempt, which are mostly the next one's */
  #last: { readonly target: Target; readonly asked: string; readonly found: TargetBounds } | undefined;
  /** those of several targets or names */
  #known: WeakMap<Target, Map<string, TargetBounds>> | undefined;

  constructor(holder: Holder, limits: readonly LimitInForce[]) {
    this.#holder = holder;
    this.all = exact(limits.filter((limit) => limit.holds(holder)));
    this.bounds = exact(
      this.all
        .filter(({ needsTarget }) => !needsTarget)
        .flatMap((limit) => limit.groupsOf(holder).flatMap(({ bounds }) => bounds)),
    );
    this.countsTokens = this.bounds.some(({ counted }) => counted === 'tokens');
    this.#atTarget = exact(
      this.all.filter(({ needsTarget, limit }) => needsTarget || limit.dollars !== undefined),
    );
  }

  /** What counts an attempt beside that. @param asked the name that the target is asked under */
  at(target: Target, asked: string): TargetBounds {
    if (this.#atTarget.length === 0) return (this.#without ??= this.#of(NONE));
    const last = this.#last;
    if (last?.target === target && last.asked === asked) return last.found;
    const found = last ? this.#remembered(target, asked) : this.#find(target, asked);
    this.#last = { target, asked, found };
    return found;
  }

  #remembered(target: Target, asked: string): TargetBounds {
    this.#known ??= new WeakMap();
    let names = this.#known.get(target);
    if (!names) this.#known.set(target, (names = new Map()));
    let found = names.get(asked);
    if (!found) {
      if (names.size >= MOST_NAMES) names.clear();
      names.set(asked, (found = this.#find(target, asked)));
    }
    return found;
  }

  #find(target: Target, asked: string): TargetBounds {
    const bounds = this.#atTarget
      .filter((limit) => limit.holdsAt(target, asked))
      .flatMap((limit) =>
        limit
          .groupsOf(this.#holder, target, asked)
          .flatMap((group) => (limit.needsTarget ? [...group.bounds, ...group.money] : group.money)),
      );
    return this.#of(bounds);
  }

  #of(bounds: readonly GroupBound[]): TargetBounds {
    const money = bounds.filter(({ counted }) => counted === 'dollars');
    return {
      bounds: exact(bounds),
      requests: exact(bounds.filter(({ counted }) => counted === 'requests')),
      countsTokens: money.length > 0 || bounds.some(({ counted }) => counted === 'tokens'),
      countsMoney: money.length > 0,
      refusesUnknown: money.find(({ group }) => group.limit.unknownPrice === 'refuse'),
    };
  }
}
