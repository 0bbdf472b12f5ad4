import { get } from '../../kits/feature-kit/index.ts';
import type { Host, Target } from '../../core/contracts/index.ts';
import type { TargetCircuit } from './trouble.ts';

/** ms one look may take */
const WITHIN = 2_000;

/**
 * Looks whether those that could not be reached are there again, without spending anybody's request: a `GET` of the
 * path where the provider lists its models, which costs nothing. Any answer but a 5xx says that it is. Nothing runs
 * while everybody is well.
 */
export class ActiveChecks {
  readonly #every: number;
  readonly #host: Pick<Host, 'gateway' | 'now'>;
  readonly #gone = new Set<TargetCircuit>();
  #timer: NodeJS.Timeout | undefined;

  /** @param every ms between two looks; 0: nobody looks */
  constructor(every: number, host: Pick<Host, 'gateway' | 'now'>) {
    this.#every = every;
    this.#host = host;
  }

  watch(circuit: TargetCircuit): void {
    if (this.#every === 0 || circuit.target.provider.checkPath === undefined) return;
    this.#gone.add(circuit);
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
    for (const circuit of this.#gone) {
      const { stats } = circuit.target;
      if (stats.circuit !== circuit || !circuit.unreachable || !circuit.out) this.#gone.delete(circuit);
    }
    if (this.#gone.size === 0) return this.close();
    await Promise.all([...this.#gone].map((circuit) => this.#lookAt(circuit)));
  }

  async #lookAt(circuit: TargetCircuit): Promise<void> {
    const { gateway, now } = this.#host;
    const { target } = circuit;
    const answer = await get(gateway.transport, target, pathOf(target), WITHIN).catch(() => undefined);
    const there = answer !== undefined && answer.status < 500;
    const upstream = gateway.upstreams.get(target.provider.name);
    // The list may be another than before it went.
    if (upstream && there && target.provider.modelsPath !== undefined)
      gateway.models.lists.current?.saw(upstream, answer);
    if (circuit.target.stats.circuit !== circuit || !this.#gone.has(circuit)) return;
    upstream?.checked(now(), there ? undefined : 'checked, and not reachable');
    if (there) {
      this.#gone.delete(circuit);
      circuit.thereAgain();
    } else if (circuit.out) {
      circuit.stillGone(this.#every + WITHIN);
    }
  }
}

const pathOf = ({ provider }: Target): string => provider.checkPath as string;
