import { get, isServerError } from '../../kits/feature-kit/index.ts';
import type { Host, Target } from '../../core/contracts/index.ts';
import type { BreakerPolicy } from './policy.ts';

/** ms one check may take */
const WITHIN = 2_000;

/**
 * Checks whether targets that could not be reached are back, without spending a caller's request: a `GET` of the path
 * where the provider lists its models, which costs nothing. Any answer but a 5xx says that it is back. Nothing runs while
 * all targets can be reached.
 */
export class ActiveChecks {
  readonly #everyMs: number;
  readonly #host: Pick<Host, 'gateway' | 'now'>;
  readonly #changed: (target: Target) => void;
  readonly #gone = new Set<BreakerPolicy>();
  #timer: NodeJS.Timeout | undefined;

  /** @param everyMs ms between two checks; 0: there are none @param changed a check has changed a circuit */
  constructor(
    everyMs: number,
    host: Pick<Host, 'gateway' | 'now'>,
    changed: (target: Target) => void = () => {},
  ) {
    this.#changed = changed;
    this.#everyMs = everyMs;
    this.#host = host;
  }

  watch(policy: BreakerPolicy): void {
    if (this.#everyMs === 0 || policy.target.provider.checkPath === undefined) return;
    this.#gone.add(policy);
    if (this.#timer) return;
    this.#timer = setInterval(() => void this.#checkAll(), this.#everyMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#gone.clear();
  }

  async #checkAll(): Promise<void> {
    for (const policy of this.#gone)
      if (!policy.isOpen || !policy.target.stats.circuit.isUnreachable) this.#gone.delete(policy);
    if (this.#gone.size === 0) return this.close();
    await Promise.all([...this.#gone].map((policy) => this.#check(policy)));
  }

  async #check(policy: BreakerPolicy): Promise<void> {
    const { gateway, now } = this.#host;
    const { target } = policy;
    const answer = await get(gateway.transport, target, pathOf(target), WITHIN).catch(() => undefined);
    const isBack = answer !== undefined && !isServerError(answer.status);
    const upstream = gateway.upstreams.get(target.provider.name);
    // The list may be another than before it went.
    if (upstream && isBack && target.provider.modelsPath !== undefined)
      gateway.models.lists.current?.take(upstream, answer);
    if (target.stats.circuit.policy !== policy || !this.#gone.has(policy)) return;
    upstream?.checked(now(), isBack ? undefined : 'checked, and not reachable');
    if (isBack) {
      this.#gone.delete(policy);
      policy.thereAgain();
    } else if (policy.isOpen) {
      policy.stillGone(this.#everyMs + WITHIN);
    }
    this.#changed(target);
  }
}

const pathOf = ({ provider }: Target): string => provider.checkPath as string;
