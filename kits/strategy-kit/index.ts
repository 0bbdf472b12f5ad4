/** What a strategy is written with: which target costs least, and what is known of each target. */
export type {
  Attempt,
  Context,
  OptionsOf,
  Strategy,
  StrategyHost,
  StrategyPlugin,
  Target,
} from '../../core/contracts/index.ts';
/** The target that costs least; chance decides between equals. */
export { least } from './least.ts';
/** How slow and how busy a target is, failures counted; both fade while it is idle, so that it is asked again. */
export { decayedLatency, expectedLatency, latest, load } from './expected-latency.ts';
/** The option and the share of a target that is new or was out. */
export { slowStartOption, slowStartShare } from './slow-start.ts';
/** The option and the filter for targets that are too busy. */
export { busyOption, withoutBusy } from './spillover.ts';
/** What is computed once per target, route or model. */
export { memoize } from './memoize.ts';
