import type { AnswerHeaders, Caller, Ticket, Trace, Work } from '../../core/contracts/index.ts';
import { loose } from '../../wire/names.ts';
import { matchesAny } from '../../wire/wildcard.ts';
import type { KeyActivity } from './key-activity.ts';
import type { KeyRecord } from './key-record.ts';
import type { TokenEstimate } from './limits/estimate.ts';
import { Limiter, type LimitStanding } from './limits/limiter.ts';
import type { Holder, UsageRecorder } from './usage/recorder.ts';

interface Injected {
  readonly date: () => number;
  readonly estimate: TokenEstimate;
  readonly usage: UsageRecorder;
}

/** A key that was made here. It never changes: a change makes another, so that what is derived of it holds. */
export class ApiKey implements Caller {
  readonly record: KeyRecord;
  readonly activity: KeyActivity;
  readonly allowsProvider: ((provider: string) => boolean) | undefined;
  /** absent: it has no limits */
  readonly addLimits?: (headers: AnswerHeaders) => void;
  readonly #allowsAll: boolean;
  readonly #limiter: Limiter | undefined;
  readonly #estimate: TokenEstimate;
  readonly #usage: UsageRecorder;
  readonly #holder: Holder;

  constructor(record: KeyRecord, activity: KeyActivity, { date, estimate, usage }: Injected) {
    this.record = record;
    this.activity = activity;
    this.#estimate = estimate;
    this.#usage = usage;
    this.#holder = { key: record.name, owner: record.owner, labels: record.labels };
    this.#allowsAll = record.models.includes('*');
    const providers = record.providers.map(loose);
    this.allowsProvider = providers.includes('*')
      ? undefined
      : (provider) => matchesAny(providers, loose(provider));
    if (Object.keys(record.limits).length === 0) return;
    const limiter = new Limiter(record.name, record.limits, activity.counters, date);
    this.#limiter = limiter;
    this.addLimits = (headers) => limiter.addTo(headers);
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.record.name;
  }

  /** how much of its limits is used */
  get limits(): readonly LimitStanding[] {
    return this.#limiter?.standing(this.activity.running) ?? [];
  }

  allowsModel(model: string): boolean {
    return this.#allowsAll || (model !== '' && matchesAny(this.record.models, model));
  }

  begin(work: Work): Ticket {
    this.activity.mustRun();
    const limiter = this.#limiter;
    const tokens = limiter?.countsTokens ? this.#estimate.of(work.call) : 0;
    const reservation = limiter?.reserve(this.activity.running, tokens);
    const end = this.activity.begin(work);
    return {
      over: (trace) => {
        end();
        if (trace) this.#estimate.learn(trace);
        reservation?.settle(usedOf(trace));
        this.#usage.add(this.#holder, work.call, trace);
      },
    };
  }
}

/** Tokens that a request has used; undefined: it was answered, and no number is known. */
function usedOf(trace: Trace | undefined): number | undefined {
  if (!trace) return 0;
  const { usage, ending } = trace;
  return usage?.total ?? (ending === 'complete' ? undefined : 0);
}
