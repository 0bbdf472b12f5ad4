import type { Trace } from '../../core/contracts/index.ts';

/** The traces in memory: active requests, and the latest ended ones. */
export class RecentTraces {
  readonly #size: number;
  readonly #ring: Trace[] = [];
  #next = 0;
  readonly #running = new Set<Trace>();

  constructor(size: number) {
    this.#size = size;
  }

  begin(trace: Trace): void {
    this.#running.add(trace);
  }

  end(trace: Trace): void {
    this.#running.delete(trace);
    if (this.#size === 0) return;
    this.#ring[this.#next] = trace;
    this.#next = (this.#next + 1) % this.#size;
  }

  /** Active requests first, then the most recently ended. */
  *newestFirst(): Generator<Trace> {
    yield* this.#running;
    for (let back = 1; back <= this.#ring.length; back++)
      yield this.#ring[(this.#next - back + this.#ring.length) % this.#ring.length] as Trace;
  }

  /** @param id ours, or an upstream's own */
  find(id: string): Trace | undefined {
    const isIt = (trace: Trace): boolean =>
      trace.id === id || trace.attempts.some(({ upstreamId }) => upstreamId === id);
    return this.newestFirst().find(isIt);
  }
}
