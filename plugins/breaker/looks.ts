import { look } from '../../core/ask.ts';
import type { Host, Target } from '../../core/contracts.ts';
import type { TargetTrouble } from './trouble.ts';

/** ms one look may take */
const WITHIN = 2_000;

/**
 * Looks whether those that could not be reached are there again, without spending anybody's request: a `GET` of the
 * path where the provider lists its models, which costs nothing. Any answer but a 5xx says that it is. Nothing runs
 * while everybody is well.
 */
export class Looks {
  readonly #every: number;
  readonly #host: Pick<Host, 'yard' | 'now'>;
  readonly #gone = new Set<TargetTrouble>();
  #timer: NodeJS.Timeout | undefined;

  /** @param every ms between two looks; 0: nobody looks */
  constructor(every: number, host: Pick<Host, 'yard' | 'now'>) {
    this.#every = every;
    this.#host = host;
  }

  watch(trouble: TargetTrouble): void {
    if (this.#every === 0 || trouble.target.provider.lookPath === undefined) return;
    this.#gone.add(trouble);
    if (this.#timer) return;
    this.#timer = setInterval(() => void this.#look(), this.#every);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#gone.clear();
  }

  async #look(): Promise<void> {
    for (const trouble of this.#gone) {
      const { live } = trouble.target;
      if (live.trouble !== trouble || !trouble.unreachable || !trouble.out) this.#gone.delete(trouble);
    }
    if (this.#gone.size === 0) return this.close();
    await Promise.all([...this.#gone].map((trouble) => this.#lookAt(trouble)));
  }

  async #lookAt(trouble: TargetTrouble): Promise<void> {
    const { yard, now } = this.#host;
    const { target } = trouble;
    const answer = await look(yard.transport, target, pathOf(target), WITHIN).catch(() => undefined);
    const there = answer !== undefined && answer.status < 500;
    const berth = yard.berths.get(target.provider.name);
    // The list may be another than before it went.
    if (berth && there && target.provider.modelsPath !== undefined) yard.lists?.saw(berth, answer);
    if (trouble.target.live.trouble !== trouble || !this.#gone.has(trouble)) return;
    if (berth) berth.look = { at: now(), ...(!there && { problem: 'checked, and not reachable' }) };
    if (there) {
      this.#gone.delete(trouble);
      trouble.thereAgain();
    } else if (trouble.out) {
      trouble.stillGone(this.#every + WITHIN);
    }
  }
}

const pathOf = ({ provider }: Target): string => provider.lookPath as string;
