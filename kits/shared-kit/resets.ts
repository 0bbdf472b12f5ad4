import type { Gateway, Target } from '../../core/contracts/index.ts';
import { Signal } from '../../core/events/events.ts';

const signals = new WeakMap<Gateway, Signal<Target>>();

/** The event that an operator has reset a target. */
export function targetResets(gateway: Gateway): Signal<Target> {
  let signal = signals.get(gateway);
  if (!signal) signals.set(gateway, (signal = new Signal()));
  return signal;
}
