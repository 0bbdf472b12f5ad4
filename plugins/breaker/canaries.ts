import { answersChat } from '../../kits/feature-kit/index.ts';
import type { Host, Target } from '../../core/contracts/index.ts';
import type { BreakerPolicy } from './policy.ts';
import { hasSurface, translationFor } from '../../kits/surface-kit/index.ts';

/** ms one answer may take */
const WITHIN = 10_000;
/** ms after which one that had no free slot is asked again: callers go first, and after `WITHIN` one of them tries it */
const FULL = 500;
/** ms for which a gateway is the one that asks a target: what it finds reaches the others before that is over */
const CLAIMED = 2 * WITHIN;

/** Whether this gateway asks that target, for that many ms. */
type MayAsk = (target: Target, ms: number) => Promise<boolean> | boolean;

/**
 * Asks targets with an open circuit for one token when their pause is over, so that no caller's request has to find out
 * whether they are well again. It costs what such a request costs, so it is only done where the config says so.
 */
export class Canaries {
  readonly #on: boolean;
  readonly #gateway: Host['gateway'];
  readonly #now: () => number;
  readonly #changed: (target: Target) => void;
  readonly #mayAsk: MayAsk;
  readonly #timers = new Map<BreakerPolicy, NodeJS.Timeout>();

  /** @param changed an answer has changed a circuit @param mayAsk another gateway may be asking it */
  constructor(
    on: boolean,
    { gateway, now }: Pick<Host, 'gateway' | 'now'>,
    changed: (target: Target) => void = () => {},
    mayAsk: MayAsk = () => true,
  ) {
    this.#changed = changed;
    this.#mayAsk = mayAsk;
    this.#on = on;
    this.#gateway = gateway;
    this.#now = now;
  }

  watch(policy: BreakerPolicy): void {
    const { untilMs } = policy.target.stats.circuit;
    if (!this.#on || untilMs === undefined || this.#timers.has(policy) || !this.#canBeAsked(policy.target))
      return;
    policy.askedAt(untilMs, WITHIN);
    this.#askIn(untilMs - this.#now(), policy);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** @param ms from now */
  #askIn(ms: number, policy: BreakerPolicy): void {
    this.#timers.set(policy, setTimeout(() => void this.#ask(policy), ms).unref());
  }

  async #ask(policy: BreakerPolicy): Promise<void> {
    const { target } = policy;
    if (policy.isOpen && target.isFull) return this.#askIn(FULL, policy);
    if (policy.isOpen && !(await this.#mayAsk(target, CLAIMED))) return void this.#timers.delete(policy);
    const beganMs = performance.now();
    const well = policy.isOpen && (await this.#chats(target));
    this.#timers.delete(policy);
    if (!policy.isOpen) return;
    if (well) policy.thereAgain();
    else this.#failed(policy, beganMs);
    this.#changed(target);
  }

  #failed(policy: BreakerPolicy, beganMs: number): void {
    const { target } = policy;
    policy.failed(
      `${target.provider.name} did not answer when it was asked for one token`,
      false,
      beganMs,
      performance.now() - beganMs,
    );
    this.watch(policy);
  }

  /** It needs the name of a model, and must stop working when the gateway leaves after `WITHIN`. */
  #canBeAsked(target: Target): boolean {
    const { model, provider } = target;
    const { formats } = this.#gateway;
    const chats = hasSurface(target, 'chat', formats) || translationFor(target, 'chat', formats);
    return model !== '*' && Boolean(chats) && provider.quirks.onLeave === 'abort';
  }

  /** As any other request, it takes a slot. */
  async #chats(target: Target): Promise<boolean> {
    target.concurrency?.acquire();
    const well = await answersChat(this.#gateway, target, WITHIN);
    target.concurrency?.release();
    return well;
  }
}
