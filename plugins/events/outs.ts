import { lapsed } from '../../core/blocks.ts';
import type { Target } from '../../core/contracts.ts';
import type { Yard } from '../../core/yard.ts';
import type { LiveEvents } from './answers.ts';

type Out = LiveEvents['targets']['data'][number];

/** Which targets are left alone. It looks when told to: nobody's request waits for it, and what runs out is seen too. */
export class Outs {
  readonly #last = new WeakMap<Target['live'], string>();

  /** Those whose reasons are others than at the last look. */
  changed(yard: Yard, now: number): Out[] {
    const targets = [...yard.berths.values()].flatMap((berth) => [...berth.all()]);
    return targets.flatMap((target) => {
      // What is against the one that it is asked through is told of that one.
      const out = [...(target.through ? lapsed(target.live.blocks, now) : target.blocks(now)).keys()];
      const said = out.join();
      if (said === (this.#last.get(target.live) ?? '')) return [];
      this.#last.set(target.live, said);
      return { target: target.label, out };
    });
  }
}
