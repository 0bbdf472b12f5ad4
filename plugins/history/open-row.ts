import type { Trace } from '../../core/contracts/index.ts';
import { TracePacker } from './pack-traces.ts';
import type { RequestsRow } from './rows.ts';

/**
 * Traces that wait to become text. A trace that is kept longer survives the short collections of garbage, and once most do,
 * the engine allocates all of them in the old space.
 */
const WAITING = 32;

/** The row that ended requests are added to. */
export class OpenRow {
  readonly #packer = new TracePacker();
  #waiting: Trace[] = [];
  #packed = 0;
  #first = '\u{10FFFF}';
  #last = '';
  #since = Infinity;
  #until = 0;

  get count(): number {
    return this.#packed + this.#waiting.length;
  }

  add(trace: Trace): void {
    const { id, startedEpochMs } = trace;
    if (id < this.#first) this.#first = id;
    if (id > this.#last) this.#last = id;
    if (startedEpochMs < this.#since) this.#since = startedEpochMs;
    if (startedEpochMs > this.#until) this.#until = startedEpochMs;
    if (this.#waiting.push(trace) >= WAITING) this.#pack();
  }

  /** The row as it is written; nothing is added after that. */
  closed(): RequestsRow {
    this.#pack();
    return {
      first: this.#first,
      last: this.#last,
      since: this.#since,
      until: this.#until,
      count: this.#packed,
      data: this.#packer.text(),
    };
  }

  #pack(): void {
    this.#packer.add(this.#waiting);
    this.#packed += this.#waiting.length;
    this.#waiting = [];
  }
}
