import type { Trace } from '../../core/contracts/index.ts';
import { record, summary } from '../../kits/feature-kit/index.ts';
import type { LiveEvents } from './answers.ts';

/** ms between two events, and requests in one event; the rest of that time is only counted */
const EVERY = 250;
const MOST = 50;

type Batch = LiveEvents['requests'];

/** Batches ended requests, so that many requests make few events. */
export class EndedRequests {
  readonly #send: (batch: Batch) => void;
  readonly #node: string | undefined;
  #traces: Trace[] = [];
  #skipped = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param node this gateway's name among others */
  constructor(send: (batch: Batch) => void, node: string | undefined) {
    this.#send = send;
    this.#node = node;
  }

  add(trace: Trace): void {
    if (this.#traces.length < MOST) this.#traces.push(trace);
    else this.#skipped++;
    this.#timer ??= setTimeout(() => this.flush(), EVERY).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#traces.length === 0) return;
    const data = this.#traces.map((trace) => summary(record(trace), this.#node));
    this.#send({ data, skipped: this.#skipped });
    this.#traces = [];
    this.#skipped = 0;
  }
}
