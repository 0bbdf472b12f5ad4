import type { Host, Target } from '../../../core/contracts/index.ts';
import { blocksOf } from './blocks.ts';

/** A target of a route as the API shows it, with its weight and its blocks. */
export function describeTarget(target: Target, host: Host) {
  const { id, provider, model, weight, priority, inflight } = target;
  return {
    target: id,
    provider: provider.name,
    model,
    weight,
    priority,
    inflight,
    out: blocksOf(target, host),
  };
}
