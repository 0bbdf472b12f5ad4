import type * as contract from '../contracts/index.ts';

interface Owner {
  readonly blocks: contract.Blocks;
  markUnwell(): void;
}

/** Whether requests go to a target, by its failures: closed, open or half-open. A policy moves it (plugins/breaker). */
export class Circuit implements contract.Circuit {
  readonly #owner: Owner;
  #state: contract.CircuitState = 'closed';
  #probingUntilMs = 0;
  /** undefined: it blocks no request; kept after it has lapsed, until the trial begins */
  untilMs: number | undefined;
  isUnreachable = false;
  policy: contract.CircuitPolicy | undefined;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  state(now: number): contract.CircuitState {
    return this.#state === 'open' && (this.untilMs ?? 0) <= now ? 'half-open' : this.#state;
  }

  get hasFailed(): boolean {
    return this.policy !== undefined;
  }

  isProbing(now: number): boolean {
    return this.#probingUntilMs > now;
  }

  watchedBy(policy: contract.CircuitPolicy): void {
    this.policy = policy;
  }

  open(untilMs: number, detail: string, isUnreachable = this.isUnreachable): void {
    this.#state = 'open';
    this.isUnreachable = isUnreachable;
    this.#block(untilMs, detail);
  }

  halfOpen(isReached = false): void {
    this.#state = 'half-open';
    this.untilMs = undefined;
    this.#probingUntilMs = 0;
    if (isReached) this.isUnreachable = false;
    if (this.policy) this.#owner.blocks.delete(this.policy.reason);
  }

  trial(untilMs: number, detail: string): void {
    this.#state = 'half-open';
    this.#block(untilMs, detail);
  }

  probe(untilMs: number): void {
    this.#probingUntilMs = untilMs;
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
    this.untilMs = untilMs;
    this.#owner.blocks.set(this.policy.reason, { untilMs, detail, guess: true });
    this.#owner.markUnwell();
  }
}
