import type { Ending, Target, Trace } from '../../core/contracts/index.ts';
import { timeBreakdown } from '../../kits/feature-kit/index.ts';
import { Histogram, LONG, SHORT } from './histogram.ts';
import { STATUS_CLASSES, statusClass } from './names.ts';
import type { Family, Labels, Sample } from './page.ts';
import type { TargetCounters } from './targets.ts';

const ENDINGS: readonly Ending[] = ['complete', 'error', 'cut', 'stalled', 'left', 'refused'];

/** Counters of one route in one API. */
export class RouteCounters {
  readonly labels: Labels;
  /** one counter per outcome and status class */
  readonly #ended = new Float64Array(ENDINGS.length * STATUS_CLASSES.length);
  readonly firstContent = new Histogram(LONG);
  readonly whole = new Histogram(LONG);
  readonly overhead = new Histogram(SHORT);
  readonly waited = new Histogram(LONG);
  readonly #picks = new Map<TargetCounters, Picks>();
  readonly #known = new WeakMap<Target, Picks>();

  constructor(surface: string, route: string) {
    this.labels = { surface, route };
  }

  add(trace: Trace): void {
    const { ending = 'error', status, endedUs = 0, committedUs } = trace;
    const at = ENDINGS.indexOf(ending) * STATUS_CLASSES.length + statusClass(status);
    (this.#ended[at] as number)++;
    if (committedUs !== undefined) this.firstContent.observe(committedUs);
    this.whole.observe(endedUs);
    const { overheadUs, waitedUs } = timeBreakdown(trace);
    this.overhead.observe(overheadUs);
    if (waitedUs > 0) this.waited.observe(waitedUs);
  }

  /** Attempts of each target on this route, looked up once. */
  picks(target: Target, numbersOf: (target: Target) => TargetCounters): Picks {
    let picks = this.#known.get(target);
    if (picks) return picks;
    const numbers = numbersOf(target);
    picks = this.#picks.get(numbers) ?? { target: numbers, count: 0 };
    this.#picks.set(numbers, picks);
    this.#known.set(target, picks);
    return picks;
  }

  counts(): Sample[] {
    return [...this.#ended].flatMap((value, at) => {
      if (value === 0) return [];
      const ending = ENDINGS[Math.floor(at / STATUS_CLASSES.length)] as string;
      const status = STATUS_CLASSES[at % STATUS_CLASSES.length] as string;
      return [{ labels: { ...this.labels, ending, status }, value }];
    });
  }

  shares(value: (picks: number, all: number) => number): Sample[] {
    const picked = [...this.#picks.values()];
    const all = picked.reduce((sum, { count }) => sum + count, 0);
    return picked.map(({ target, count }) => ({
      labels: { ...this.labels, ...target.labels },
      value: value(count, all),
    }));
  }
}

interface Picks {
  readonly target: TargetCounters;
  count: number;
}

export function routeFamilies(all: () => Iterable<RouteCounters>): Family[] {
  const times = (name: string, help: string, of: (route: RouteCounters) => Histogram): Family => ({
    name,
    help,
    type: 'histogram',
    samples: () => [...all()].flatMap((route) => of(route).samples(name, route.labels)),
  });
  const each = (read: (route: RouteCounters) => Sample[]) => () => [...all()].flatMap(read);
  return [
    {
      name: 'switchyard_requests_total',
      help: "Ended requests, by how they ended and the class of the status; route '*': its name is not in the config.",
      type: 'counter',
      samples: each((route) => route.counts()),
    },
    times('switchyard_request_seconds', 'From a request to its end.', ({ whole }) => whole),
    times(
      'switchyard_request_first_content_seconds',
      'From a request until its first content went to the client.',
      ({ firstContent }) => firstContent,
    ),
    times(
      'switchyard_request_overhead_seconds',
      'Time of a request that was not spent with an upstream, nor waiting for one.',
      ({ overhead }) => overhead,
    ),
    times(
      'switchyard_request_waited_seconds',
      'How long requests waited: for a free slot, a local process, or a pause an upstream asked for. Only requests that had to wait.',
      ({ waited }) => waited,
    ),
    {
      name: 'switchyard_picks_total',
      help: 'How often a target of a route was tried.',
      type: 'counter',
      samples: each((route) => route.shares((picks) => picks)),
    },
    {
      name: 'switchyard_target_share',
      help: "Part of a route's attempts that a target had since the gateway started, 0 to 1.",
      type: 'gauge',
      samples: each((route) => route.shares((picks, sum) => picks / sum)),
    },
  ];
}
