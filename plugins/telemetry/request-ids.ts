import type { Attempt } from '../../core/contracts/index.ts';
import { newSpanId, newTraceId, type Parent } from './trace-context.ts';
import type { Sample } from './sampling.ts';

/** Ids that a request and its attempts have before there are spans, because upstreams get them. */
export class RequestIds {
  readonly traceId: string;
  readonly spanId = newSpanId();
  readonly parent: Parent | undefined;
  readonly isSampled: boolean;
  readonly #spans = new Map<Attempt, string>();

  constructor(parent: Parent | undefined, sample: Sample) {
    this.parent = parent;
    this.traceId = parent?.traceId ?? newTraceId();
    this.isSampled = sample(this.traceId, parent);
  }

  spanOf(attempt: Attempt): string {
    let id = this.#spans.get(attempt);
    if (id === undefined) this.#spans.set(attempt, (id = newSpanId()));
    return id;
  }
}
