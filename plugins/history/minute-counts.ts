import type { Trace } from '../../core/contracts/index.ts';
import { Buckets } from './buckets.ts';
import type { MinuteRow } from './rows.ts';

/** Counts of ended requests at one provider for one model. */
export class MinuteCounts {
  requests = 0;
  errors = 0;
  left = 0;
  retried = 0;
  answered = 0;
  failed = 0;
  prompt = 0;
  completion = 0;
  /** estimated tokens among these */
  estimated = 0;
  readonly latency = new Buckets();
  readonly ttft = new Buckets();
  readonly kinds = new Map<string, number>();

  add({ ending = 'error', reason, endedUs = 0, committedUs, stream, attempts, usage }: Trace): void {
    this.requests++;
    if (attempts.length > 1) this.retried++;
    if (attempts.at(-1)?.outcome === 'answered') this.answered++;
    if (usage) {
      this.prompt += usage.prompt;
      this.completion += usage.completion;
      if (usage.estimated) this.estimated += usage.prompt + usage.completion;
    }
    if (ending === 'complete') {
      this.latency.add(endedUs / 1000);
      if (stream && committedUs !== undefined) this.ttft.add(committedUs / 1000);
    } else if (ending === 'left') {
      this.left++;
    } else {
      this.errors++;
      this.#count(reason ?? ending, 1);
    }
  }

  merge(row: MinuteRow): void {
    this.requests += row.requests;
    this.errors += row.errors;
    this.left += row.left;
    this.retried += row.retried;
    this.answered += row.answered;
    this.failed += row.failed;
    this.prompt += row.prompt;
    this.completion += row.completion;
    this.estimated += row.estimated;
    this.latency.merge(row.latency);
    this.ttft.merge(row.ttft);
    for (const [kind, count] of Object.entries(row.kinds)) this.#count(kind, count);
  }

  row(at: number, provider: string, model: string): MinuteRow {
    const { requests, errors, left, retried, answered, failed, prompt, completion, estimated } = this;
    const counts = { requests, errors, left, retried, answered, failed, prompt, completion, estimated };
    const latency = this.latency.sparse;
    const ttft = this.ttft.sparse;
    return { at, provider, model, ...counts, latency, ttft, kinds: Object.fromEntries(this.kinds) };
  }

  #count(kind: string, times: number): void {
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + times);
  }
}
