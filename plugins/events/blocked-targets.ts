import { lapsed } from '../../kits/feature-kit/index.ts';
import type { Gateway, Target } from '../../core/contracts/index.ts';
import type { LiveEvents } from './answers.ts';

type BlockedTarget = LiveEvents['targets']['data'][number];

/** Which targets are left alone. It looks when told to: nobody's request waits for it, and what runs out is seen too. */
export class BlockedTargets {
  readonly #last = new WeakMap<Target['stats'], string>();

  /** Those whose reasons are others than at the last look. */
  changed(gateway: Gateway, now: number): BlockedTarget[] {
    const targets = [...gateway.upstreams.values()].flatMap((upstream) => [...upstream.all()]);
    return targets.flatMap((target) => {
      // What is against the one that it is asked through is told of that one.
      const out = [...(target.through ? lapsed(target.stats.blocks, now) : target.blocks(now)).keys()];
      const said = out.join();
      if (said === (this.#last.get(target.stats) ?? '')) return [];
      this.#last.set(target.stats, said);
      return { target: target.label, out };
    });
  }
}
