import type { BudgetNews } from '../../../kits/feature-kit/index.ts';
import type { GroupBound } from './limit-in-force.ts';
import { NANO } from './limits.ts';
import type { Span } from './span.ts';

const TIMES: Readonly<Record<Span, string>> = {
  minute: 'this minute',
  hour: 'this hour',
  day: 'today',
  month: 'this month',
  total: 'in all',
};

/** Reports when a share of a budget is reached, each once in its span. */
export class BudgetWatch {
  readonly #report: (news: BudgetNews) => void;

  constructor(report: (news: BudgetNews) => void) {
    this.#report = report;
  }

  /** Notes what was spent before a request: an earlier gateway has reported it. */
  before(bounds: readonly GroupBound[], nowEpochMs: number): void {
    for (const bound of bounds)
      if (bound.counted === 'dollars' && !bound.counter.lastReported) this.#note(bound, nowEpochMs);
  }

  /** @param key the name of the key that has spent it */
  spent(bounds: readonly GroupBound[], key: string, nowEpochMs: number): void {
    for (const bound of bounds) if (bound.counted === 'dollars') this.#check(bound, key, nowEpochMs);
  }

  /** It has nothing left for a request. */
  refused(bound: GroupBound, key: string, nowEpochMs: number): void {
    if (bound.counted === 'dollars') this.#check(bound, key, nowEpochMs, 100);
  }

  #check(bound: GroupBound, key: string, now: number, least = 0): void {
    const percent = Math.max(least, shareOf(bound, now));
    if (percent === 0) return;
    const reported = bound.counter.lastReported;
    const beganEpochMs = bound.counter.beganEpochMs(now);
    const before = reported?.beganEpochMs === beganEpochMs ? reported.percent : 0;
    if (percent <= before) return;
    bound.counter.lastReported = { beganEpochMs, percent };
    const endsEpochMs = bound.counter.endsEpochMs(now);
    this.#report({
      budget: nameOf(bound, key),
      percent,
      spent: bound.counter.used(now) / NANO,
      most: bound.most / NANO,
      id: `${bound.counter.name}:${beganEpochMs}`,
      endsEpochMs: endsEpochMs === Infinity ? null : Math.round(endsEpochMs),
    });
  }

  #note(bound: GroupBound, now: number): void {
    const beganEpochMs = bound.counter.beganEpochMs(now);
    bound.counter.lastReported = { beganEpochMs, percent: shareOf(bound, now) };
  }
}

/** The highest reported share that is reached, in percent; 0: none. */
function shareOf({ most, counter }: GroupBound, now: number): number {
  const percent = most === 0 ? 0 : (100 * counter.used(now)) / most;
  if (percent >= 100) return 100;
  if (percent >= 80) return 80;
  return percent >= 50 ? 50 : 0;
}

function nameOf({ group: { limit, values }, counter }: GroupBound, key: string): string {
  const of = Object.values(values).join(', ');
  const name = limit.name === null ? `key ${key}` : `${limit.name}${of === '' ? '' : ` (${of})`}`;
  return `${name}, ${TIMES[counter.span as Span]}`;
}
