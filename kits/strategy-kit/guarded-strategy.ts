import type {
  Attempt,
  Context,
  GatewayConfig,
  Settings,
  Strategy,
  Target,
} from '../../core/contracts/index.ts';
import { addNote } from '../../core/trace/note.ts';
import type { StrategyFailures } from './strategy-failures.ts';

interface Guarding {
  /** the route that it picks for */
  readonly model: string;
  /** its name, and how it is made */
  readonly use: string;
  readonly make: () => Strategy;
  /** the same of the one that takes over */
  readonly standby: { readonly use: string; readonly make: () => Strategy };
  readonly failures: StrategyFailures;
}

/** Guards each strategy that is made; the gateway's standard strategy takes over. */
export function guarding(
  settings: Pick<Settings, 'standardStrategy' | 'checked'>,
  make: (chosen: GatewayConfig['strategy']) => Strategy,
  failures: StrategyFailures,
): (chosen: GatewayConfig['strategy'], route: string) => Strategy {
  const use = settings.standardStrategy;
  return (chosen, route) =>
    new GuardedStrategy({
      model: route,
      use: chosen.use,
      make: () => make(chosen),
      standby: { use, make: () => make(settings.checked({ use })) },
      failures,
    });
}

/**
 * A strategy that keeps no request from its answer: where it throws, or picks what is no candidate, the standard one
 * picks. It is asked again for the next request.
 */
export class GuardedStrategy implements Strategy {
  readonly peek?: Strategy['pick'];
  readonly #given: Guarding;
  readonly #strategy: Strategy | undefined;
  /** why it could not even be made */
  readonly #unmade: unknown;
  #standby: Strategy | undefined;

  constructor(given: Guarding) {
    this.#given = given;
    try {
      this.#strategy = given.make();
      if (!this.#strategy) this.#unmade = new TypeError('nothing was made');
    } catch (error) {
      this.#unmade = error;
    }
    if (this.#strategy?.peek) this.peek = (candidates, context) => this.#ask('peek', candidates, context);
  }

  readonly pick = (candidates: readonly Target[], context: Context): Target | undefined =>
    this.#ask('pick', candidates, context);

  readonly learn = (attempt: Attempt, context: Context): void => {
    try {
      this.#strategy?.learn?.(attempt, context);
    } catch (error) {
      this.#given.failures.add(this.#failure(error));
    }
    this.#standby?.learn?.(attempt, context);
  };

  readonly close = (): void => {
    try {
      this.#strategy?.close?.();
    } catch (error) {
      this.#given.failures.add(this.#failure(error));
    }
    this.#standby?.close?.();
  };

  #ask(how: 'pick' | 'peek', candidates: readonly Target[], context: Context): Target | undefined {
    if (!this.#strategy) return this.#instead(candidates, context, this.#unmade);
    try {
      const pick = this.#strategy[how]!(candidates, context);
      if (pick === undefined || candidates.includes(pick)) return pick;
      return this.#instead(candidates, context, noCandidate(pick));
    } catch (error) {
      return this.#instead(candidates, context, error);
    }
  }

  #instead(candidates: readonly Target[], context: Context, thrown: unknown): Target | undefined {
    const failure = this.#failure(thrown);
    const { use, make } = this.#given.standby;
    this.#given.failures.add(failure);
    context.trace.strategy = use;
    addNote(context, {
      remark: `the strategy ${failure.use} failed (${failure.message}): ${use} picked instead`,
    });
    try {
      this.#standby ??= make();
      return this.#standby.pick(candidates, context);
    } catch (error) {
      // It may be that one which failed; the first candidate is what is left.
      this.#given.failures.add({ ...this.#failure(error), use });
      return undefined;
    }
  }

  #failure(thrown: unknown): Parameters<StrategyFailures['add']>[0] {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const { model, use, standby } = this.#given;
    return { model, use, standby: standby.use, message: message.slice(0, 300), thrown };
  }
}

/** For a pick such as a promise, whose rejection is ignored. */
function noCandidate(pick: unknown): Error {
  if (pick instanceof Promise) pick.catch(() => {});
  return new TypeError(
    `it picked ${pick instanceof Promise ? 'a promise' : 'something'} that is not a candidate`,
  );
}
