import type * as contract from '../contracts/index.ts';
import type { Blocks, CircuitPolicy, CircuitState } from '../contracts/index.ts';

interface Owner {
  readonly blocks: Blocks;
  markUnwell(): void;
}

/** Whether requests go to a target, by its failures: closed, open or half-open. A policy moves it (plugins/breaker). */
export class Circuit implements contract.Circuit {
  readonly #owner: Owner;
  #state: CircuitState = 'closed';
  #probingUntilMs = 0;
  isUnreachable = false;
  policy: CircuitPolicy | undefined;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  state(now: number): CircuitState {
    return this.#state === 'open' && (this.untilMs ?? 0) <= now ? 'half-open' : this.#state;
  }

  get hasFailed(): boolean {
    return this.policy !== undefined;
  }

  /** What has lapsed is still there until the blocks of the target are read. */
  get untilMs(): number | undefined {
    return this.policy && this.#owner.blocks.get(this.policy.reason)?.untilMs;
  }

  isProbing(now: number): boolean {
    return this.#probingUntilMs > now;
  }

  watchedBy(policy: CircuitPolicy): void {
    this.policy = policy;
  }

  open(until: number, detail: string, isUnreachable = this.isUnreachable): void {
    this.#state = 'open';
    this.isUnreachable = isUnreachable;
    this.#block(until, detail);
  }

  halfOpen(isReached = false): void {
    this.#state = 'half-open';
    this.#probingUntilMs = 0;
    if (isReached) this.isUnreachable = false;
    if (this.policy) this.#owner.blocks.delete(this.policy.reason);
  }

  trial(until: number, detail: string): void {
    this.#state = 'half-open';
    this.#block(until, detail);
  }

  probe(until: number): void {
    this.#probingUntilMs = until;
  }

  close(): void {
    this.halfOpen(true);
    this.#state = 'closed';
  }

  reset(): void {
    this.close();
    this.policy = undefined;
  }

  #block(untilMs: number, detail: string): void {
    if (!this.policy) return;
    this.#owner.blocks.set(this.policy.reason, { untilMs, detail, guess: true });
    this.#owner.markUnwell();
  }
}
