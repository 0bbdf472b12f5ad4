import { holding } from '../../kits/feature-kit/index.ts';
import type { Gateway, Target } from '../../core/contracts/index.ts';
import type { LiveEvents } from './answers.ts';

type BlockedTarget = LiveEvents['targets']['data'][number];

/** Which targets are blocked, compared at each tick: no request waits for it, and expired blocks are noticed too. */
export class BlockedTargets {
  readonly #last = new WeakMap<Target['stats'], string>();

  /** Targets with other block reasons than at the last call. */
  changed(gateway: Gateway, now: number): BlockedTarget[] {
    const targets = [...gateway.upstreams.values()].flatMap((upstream) => [...upstream.all()]);
    return targets.flatMap((target) => {
      // A block of the target that it is requested through is reported of that one.
      const out = [...(target.through ? holding(target.stats.blocks, now) : target.blocks(now)).keys()];
      const reasons = out.join();
      if (reasons === (this.#last.get(target.stats) ?? '')) return [];
      this.#last.set(target.stats, reasons);
      return { target: target.label, out };
    });
  }
}
