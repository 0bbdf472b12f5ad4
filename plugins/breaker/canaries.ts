import { chats } from '../../core/ask.ts';
import { hasSurface } from '../../core/call.ts';
import type { Host, Target } from '../../core/contracts.ts';
import type { TargetTrouble } from './trouble.ts';

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
  readonly #yard: Host['yard'];
  readonly #now: () => number;
  readonly #timers = new Map<TargetTrouble, NodeJS.Timeout>();

  constructor(on: boolean, yard: Host['yard'], now: () => number) {
    this.#on = on;
    this.#yard = yard;
    this.#now = now;
  }

  watch(trouble: TargetTrouble): void {
    const { until } = trouble.target.live.blocks.get('breaker') ?? {};
    if (!this.#on || until === undefined || this.#timers.has(trouble) || !canBeAsked(trouble.target)) return;
    trouble.askedAt(until, WITHIN);
    this.#askIn(until - this.#now(), trouble);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** @param ms from now */
  #askIn(ms: number, trouble: TargetTrouble): void {
    this.#timers.set(trouble, setTimeout(() => void this.#ask(trouble), ms).unref());
  }

  async #ask(trouble: TargetTrouble): Promise<void> {
    const { target } = trouble;
    if (isOut(trouble) && target.full) return this.#askIn(FULL, trouble);
    const began = performance.now();
    const well = isOut(trouble) && (await this.#chats(target));
    this.#timers.delete(trouble);
    if (!isOut(trouble)) return;
    if (well) return trouble.thereAgain();
    trouble.failed(
      `${target.provider.name} did not answer when it was asked for one token`,
      false,
      began,
      performance.now() - began,
    );
    this.watch(trouble);
  }

  /** As any other request, it takes room. */
  async #chats(target: Target): Promise<boolean> {
    target.room?.take();
    const well = await chats(this.#yard.transport, target, WITHIN);
    target.room?.give();
    return well;
  }
}

const isOut = (trouble: TargetTrouble): boolean => trouble.target.live.trouble === trouble && trouble.out;

/** One whose models are not known cannot be asked for any; one whom a leaving caller hurts is not left after `WITHIN`. */
const canBeAsked = (target: Target): boolean =>
  target.model !== '*' && hasSurface(target, 'chat') && target.provider.quirks.onLeave === 'abort';
