import { ConcurrencyLimit } from '../../../gateway/concurrency-limit.ts';
import { Target } from '../../../core/upstreams/target.ts';
import type { ManagedProcess, Provider, Route, Timeouts } from '../../../core/contracts/index.ts';

export const NOW = 1_800_000_000_000;
export const TIMEOUTS = { queue: 1_000, start: 5_000 } as Timeouts;

/** A provider's model as the gateway has it; nothing is behind it. */
export function target(name: string, more: { slots?: number; keys?: number } = {}): Target {
  const keys = more.keys === undefined ? undefined : ({ size: more.keys } as Provider['keys']);
  const provider = { name, models: { m: 'm' }, keys, quirks: {} } as unknown as Provider;
  const concurrency = more.slots === undefined ? undefined : new ConcurrencyLimit(more.slots);
  return new Target({ provider, model: 'm', concurrency });
}

export const aRoute = (targets: readonly Target[], more: Partial<Route> = {}): Route => ({
  name: 'm',
  targets,
  strategyName: 'first',
  strategy: { pick: ([first]) => first },
  timeouts: {},
  ...more,
});

/** A local program as a supervisor shows it. */
export const program = (more: Partial<ManagedProcess> = {}): ManagedProcess =>
  ({
    state: 'stopped',
    history: [],
    startsOnDemand: true,
    isStopping: false,
    refusal: undefined,
    restartsAtMs: undefined,
    ...more,
  }) as ManagedProcess;
