import type { Attempt, Trace } from '../../core/contracts/index.ts';
import type { Family } from './page.ts';

/** The outcome of a hedged attempt. */
const RESULTS = [
  'won', // it answered, and the first attempt was aborted
  'lost', // the first attempt answered, and this one was aborted
  'failed', // it failed, whatever became of the first
  'left', // the client disconnected during both
  'unsent', // it was aborted before it was sent: its upstream saw nothing of it
] as const;

type Result = (typeof RESULTS)[number];

/** Counts hedged attempts: second attempts sent because the first was late. */
export class Hedges {
  readonly #counts = new Map<Result, number>(RESULTS.map((result) => [result, 0]));

  add({ attempts }: Trace): void {
    if (attempts.length < 2) return;
    // Both attempts of a hedge are over before another begins, so they are adjacent.
    const raced = attempts.filter(({ hedged }) => hedged !== undefined);
    for (let at = 0; at + 1 < raced.length; at += 2) {
      const result = resultOf(raced[at] as Attempt, raced[at + 1] as Attempt);
      this.#counts.set(result, (this.#counts.get(result) ?? 0) + 1);
    }
  }

  get family(): Family {
    return {
      name: 'switchyard_hedges_total',
      help: 'Requests that a second target was asked for, too, as the first was late, by what came of the second.',
      type: 'counter',
      samples: () => [...this.#counts].map(([result, value]) => ({ labels: { result }, value })),
    };
  }
}

function resultOf(one: Attempt, other: Attempt): Result {
  const [first, second] = one.startedUs <= other.startedUs ? [one, other] : [other, one];
  if (second.hedged === 'won') return 'won';
  if (second.outcome === 'failed') return 'failed';
  if (second.connectedUs === undefined) return 'unsent';
  return first.outcome === 'left' ? 'left' : 'lost';
}
