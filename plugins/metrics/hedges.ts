import type { Attempt, Trace } from '../../core/contracts/index.ts';
import type { Family } from './page.ts';

/** What came of asking a second target, too. */
const RESULTS = [
  'won', // it answered, and the first was left
  'lost', // the first answered, and it was left
  'failed', // it failed, whatever became of the first
  'left', // the caller went away while both were asked
  'unsent', // it was called back before it had gone out: its upstream saw nothing of it
] as const;

type Result = (typeof RESULTS)[number];

/** Counts second requests that were sent because a first one was late. */
export class Hedges {
  readonly #counts = new Map<Result, number>(RESULTS.map((result) => [result, 0]));

  add({ attempts }: Trace): void {
    if (attempts.length < 2) return;
    // The two of a race are both over before anybody else is asked, so they stand side by side.
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
  const [first, second] = one.started <= other.started ? [one, other] : [other, one];
  if (second.hedged === 'won') return 'won';
  if (second.outcome === 'failed') return 'failed';
  if (second.connected === undefined) return 'unsent';
  return first.outcome === 'left' ? 'left' : 'lost';
}
