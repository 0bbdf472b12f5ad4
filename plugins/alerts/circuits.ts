import type { Attempt, Target } from '../../core/contracts/index.ts';
import { isOfAll } from '../../kits/shared-kit/index.ts';
import type { Conditions } from './conditions.ts';

/** Targets that are watched at once: those that have failed, until they are well. */
const MOST = 2_000;

/** Reports targets whose circuit opens and closes. Only those that have failed are looked up. */
export class Circuits {
  readonly #conditions: Conditions;
  readonly #failed = new Map<string, Target>();

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  ended({ target, outcome }: Attempt): void {
    if (outcome !== 'failed') return;
    this.#watch(target);
    if (target.through) this.#watch(target.through);
  }

  check(nowMs: number): void {
    for (const target of this.#failed.values()) {
      const { label } = target;
      const { circuit } = target.stats;
      const isOwn = !isOfAll(target.provider);
      const state = circuit.state(nowMs);
      if (state === 'half-open') continue;
      const isOpen = state === 'open';
      const isOver = this.#conditions.report(`circuit ${label}`, isOpen, nowMs, () =>
        isOpen
          ? {
              type: 'circuit_open',
              subject: label,
              message: `requests go past ${label}: ${target.blocks(nowMs).get(circuit.policy?.reason ?? '')?.detail ?? 'it failed too often'}`,
              isOwn,
            }
          : { type: 'circuit_closed', subject: label, message: `requests go to ${label} again`, isOwn },
      );
      if (isOver) this.#failed.delete(label);
    }
  }

  #watch(target: Target): void {
    if (this.#failed.size < MOST) this.#failed.set(target.label, target);
  }
}
