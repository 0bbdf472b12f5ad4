import { answersChat } from '../../kits/feature-kit/index.ts';
import type { Host, Target } from '../../core/contracts/index.ts';
import type { TargetCircuit } from './trouble.ts';
import { hasSurface } from '../../kits/surface-kit/index.ts';

/** ms one answer may take */
const WITHIN = 10_000;
/** ms after which one that had no room is asked again: callers go first, and after `WITHIN` one of them tries it */
const FULL = 500;

/**
 * Asks those that are out for one token when their pause is over, so that nobody's request has to find out whether they
 * are well again. That is paid for as any request is, which is why it is only done where the config says so.
 */
export class Canaries {
  readonly #on: boolean;
  readonly #gateway: Host['gateway'];
  readonly #now: () => number;
  readonly #timers = new Map<TargetCircuit, NodeJS.Timeout>();

  constructor(on: boolean, gateway: Host['gateway'], now: () => number) {
    this.#on = on;
    this.#gateway = gateway;
    this.#now = now;
  }

  watch(circuit: TargetCircuit): void {
    const { until } = circuit.target.stats.blocks.get('breaker') ?? {};
    if (!this.#on || until === undefined || this.#timers.has(circuit) || !canBeAsked(circuit.target)) return;
    circuit.askedAt(until, WITHIN);
    this.#askIn(until - this.#now(), circuit);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** @param ms from now */
  #askIn(ms: number, circuit: TargetCircuit): void {
    this.#timers.set(circuit, setTimeout(() => void this.#ask(circuit), ms).unref());
  }

  async #ask(circuit: TargetCircuit): Promise<void> {
    const { target } = circuit;
    if (isOut(circuit) && target.isFull) return this.#askIn(FULL, circuit);
    const began = performance.now();
    const well = isOut(circuit) && (await this.#chats(target));
    this.#timers.delete(circuit);
    if (!isOut(circuit)) return;
    if (well) return circuit.thereAgain();
    circuit.failed(
      `${target.provider.name} did not answer when it was asked for one token`,
      false,
      began,
      performance.now() - began,
    );
    this.watch(circuit);
  }

  /** As any other request, it takes room. */
  async #chats(target: Target): Promise<boolean> {
    target.concurrency?.acquire();
    const well = await answersChat(this.#gateway.transport, target, WITHIN);
    target.concurrency?.release();
    return well;
  }
}

const isOut = (circuit: TargetCircuit): boolean => circuit.target.stats.circuit === circuit && circuit.out;

/** One whose models are not known cannot be asked for any; one whom a leaving caller hurts is not left after `WITHIN`. */
const canBeAsked = (target: Target): boolean =>
  target.model !== '*' && hasSurface(target, 'chat') && target.provider.quirks.onLeave === 'abort';
