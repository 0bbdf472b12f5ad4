import type { Attempt } from '../../core/contracts/index.ts';
import { Histogram, LONG } from './histogram.ts';
import type { Family, Labels, Sample } from './page.ts';
import { Spent, tokenFamilies } from './tokens.ts';

/** Counters of one target. */
export class TargetCounters {
  readonly name: string;
  readonly provider: string;
  answered = 0;
  /** by outcome and reason, for all but plain answers */
  readonly others = new Map<string, { readonly labels: Labels; count: number }>();
  readonly firstContent = new Histogram(LONG);
  readonly whole = new Histogram(LONG);
  readonly gap = new Histogram(LONG);
  readonly spent = new Spent();

  constructor(name: string, provider: string) {
    this.name = name;
    this.provider = provider;
  }

  add(
    { outcome, reason, startedUs, firstContentUs, gapMs = 0, endedUs = startedUs }: Attempt,
    stream: boolean,
  ): void {
    if (outcome === 'answered' && reason === undefined) this.answered++;
    else this.#other(outcome, reason ?? 'none');
    if (firstContentUs !== undefined) this.firstContent.observe(firstContentUs - startedUs);
    if (stream && firstContentUs !== undefined) this.gap.observe(gapMs * 1000);
    this.whole.observe(endedUs - startedUs);
  }

  #other(outcome: string, reason: string): void {
    const key = `${outcome} ${reason}`;
    let known = this.others.get(key);
    if (!known) this.others.set(key, (known = { labels: { outcome, reason }, count: 0 }));
    known.count++;
  }

  get labels(): Labels {
    return { provider: this.provider, target: this.name };
  }

  counts(): Sample[] {
    const { labels, answered } = this;
    const others = [...this.others.values()];
    return [
      { labels: { ...labels, outcome: 'answered', reason: 'none' }, value: answered },
      ...others.map((other) => ({ labels: { ...labels, ...other.labels }, value: other.count })),
    ];
  }
}

export function targetFamilies(all: () => Iterable<TargetCounters>): Family[] {
  const times = (name: string, help: string, of: (target: TargetCounters) => Histogram): Family => ({
    name,
    help,
    type: 'histogram',
    samples: () => [...all()].flatMap((target) => of(target).samples(name, target.labels)),
  });
  return [
    {
      name: 'switchyard_attempts_total',
      help: 'Tries at a target, by how they ended and the error code of docs/errors.md that says why.',
      type: 'counter',
      samples: () => [...all()].flatMap((target) => target.counts()),
    },
    times(
      'switchyard_attempt_first_content_seconds',
      'From the start of an attempt until its first text, reasoning or tool delta.',
      ({ firstContent }) => firstContent,
    ),
    times(
      'switchyard_attempt_gap_seconds',
      'The longest silence of a stream after its first content, to a fiftieth of a second.',
      ({ gap }) => gap,
    ),
    times('switchyard_attempt_seconds', 'How long an attempt took as a whole.', ({ whole }) => whole),
    ...tokenFamilies(all),
  ];
}
