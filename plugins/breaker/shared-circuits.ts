import type { Gateway, Target, TargetStats } from '../../core/contracts/index.ts';
import { addressOf, isOfAll, targetAt, type Fact, type Facts } from '../../kits/shared-kit/index.ts';

/** A circuit that another gateway has opened. */
export interface OpenedElsewhere {
  readonly message: string;
  /** ms for which it is open */
  readonly ms: number;
  readonly isUnreachable: boolean;
}

interface Moves {
  readonly now: () => number;
  readonly open: (target: Target, told: OpenedElsewhere) => void;
  /** The next request is its trial. */
  readonly again: (target: Target) => void;
}

/** ms for which a gateway relies on its own requests, after an answer of a target that others report as out */
const CONTESTED_MS = 60_000;

/** Publishes when a circuit opens and closes, and applies what other gateways publish. */
export class SharedCircuits {
  readonly #facts: Facts;
  readonly #now: () => number;
  /** until when each published or received circuit is open */
  readonly #published = new Map<TargetStats, number>();
  /** Those of them that another gateway has opened. */
  readonly #received = new WeakSet<TargetStats>();
  readonly #contestedUntilMs = new WeakMap<TargetStats, number>();
  readonly close: () => void;

  constructor(facts: Facts, gateway: Gateway, { now, open, again }: Moves) {
    this.#facts = facts;
    this.#now = now;
    this.close = facts.on('circuit', (fact, ms) => {
      const target = targetAt(gateway, fact);
      if (!target) return false;
      if (!isOfAll(target.provider)) return true;
      const { circuit } = target.stats;
      if (ms === undefined) {
        this.#published.delete(target.stats);
        again(target);
        return true;
      }
      // It may be the other gateway's network that fails.
      if ((this.#contestedUntilMs.get(target.stats) ?? 0) > now()) return true;
      // This gateway's own result holds at least as long.
      if (circuit.state(now()) === 'open' && (circuit.untilMs ?? 0) >= now() + ms) return true;
      open(target, { message: String(fact['message']), ms, isUnreachable: fact['isUnreachable'] === true });
      this.#published.set(target.stats, circuit.untilMs ?? 0);
      this.#received.add(target.stats);
      return true;
    });
  }

  /** Something may have moved its circuit. */
  changed(target: Target): void {
    if (!isOfAll(target.provider)) return;
    const { circuit } = target.stats;
    const now = this.#now();
    const before = this.#published.get(target.stats);
    const state = circuit.state(now);
    const { untilMs } = circuit;
    if (state === 'open' && untilMs !== undefined) {
      if (before === untilMs) return;
      this.#published.set(target.stats, untilMs);
      this.#received.delete(target.stats);
      this.#facts.publish(nameOf(target), factOf(target), untilMs - now);
    } else if (before !== undefined && untilMs === undefined) {
      this.#published.delete(target.stats);
      if (state === 'closed' && this.#received.delete(target.stats))
        this.#contestedUntilMs.set(target.stats, now + CONTESTED_MS);
      // A circuit that has lapsed here may be published for longer by now.
      this.#facts.publish(nameOf(target), undefined, 1_000);
    }
  }
}

const nameOf = ({ id, label }: Target): string => `circuit ${id} ${label}`;

function factOf(target: Target): Fact {
  const { circuit, blocks } = target.stats;
  const message = blocks.get(circuit.policy?.reason ?? '')?.detail ?? 'it failed';
  return { ...addressOf(target), message, isUnreachable: circuit.isUnreachable };
}
