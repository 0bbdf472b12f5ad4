import type { Trace } from '../../core/contracts/index.ts';
import { EndedTraces } from './ended-traces.ts';

/** The traces in memory: active requests, and the latest ended ones. */
export class RecentTraces {
  readonly #ended: EndedTraces;
  /** No set: each of its tables, once outgrown, points to the next one, and with it to requests that are over. */
  readonly #running: Trace[] = [];

  constructor(size: number) {
    this.#ended = new EndedTraces(size);
  }

  begin(trace: Trace): void {
    this.#running.push(trace);
  }

  end(trace: Trace): void {
    const at = this.#running.indexOf(trace);
    if (at >= 0) this.#running.splice(at, 1);
    this.#ended.add(trace);
  }

  /** Active requests first, then the most recently ended. */
  *newestFirst(): Generator<Trace> {
    yield* this.#running;
    yield* this.#ended.newestFirst();
  }

  /** @param id ours, or an upstream's own */
  find(id: string): Trace | undefined {
    const isIt = (trace: Trace): boolean =>
      trace.id === id || trace.attempts.some(({ upstreamId }) => upstreamId === id);
    return this.newestFirst().find(isIt);
  }
}
