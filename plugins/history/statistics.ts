import type { Statistics as Answer } from './answers.ts';
import { MinuteCounts } from './minute-counts.ts';
import type { MinuteRow, UptimeRow } from './rows.ts';
import { loose } from '../../wire/names.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Length of a range, and of one point of its series, in ms. */
export const RANGES = {
  '15m': { length: 15 * MINUTE, step: MINUTE },
  '1h': { length: HOUR, step: MINUTE },
  '6h': { length: 6 * HOUR, step: 5 * MINUTE },
  '24h': { length: DAY, step: 15 * MINUTE },
  '7d': { length: 7 * DAY, step: 2 * HOUR },
  '30d': { length: 30 * DAY, step: 8 * HOUR },
} as const;

export type Range = keyof typeof RANGES;

export interface StatisticsQuery {
  readonly range: Range;
  /** in any spelling; undefined: all */
  readonly provider: string | undefined;
  readonly model: string | undefined;
  /** ms since 1970 */
  readonly nowEpochMs: number;
}

interface Source {
  readonly minutes: (from: number) => Iterable<MinuteRow>;
  readonly uptime: (from: number) => Iterable<UptimeRow>;
}

export type Statistics = Omit<Answer, 'history'>;

/** The totals over the minutes of a range. The first step of the series is whole, the last one is still running. */
export function statistics(
  { range, provider, model, nowEpochMs }: StatisticsQuery,
  source: Source,
): Statistics {
  const { length, step } = RANGES[range];
  const isWanted = (name: string): boolean => provider === undefined || loose(name) === loose(provider);
  const from = nowEpochMs - (nowEpochMs % step) + step - length;
  const all = new MinuteCounts();
  const steps = new Groups<number>(Array.from({ length: length / step }, (_, at) => from + at * step));
  const providers = new Groups<string>();
  const models = new Groups<string>();
  for (const row of source.minutes(from)) {
    if (row.at > nowEpochMs || (model !== undefined && row.model !== model)) continue;
    if (!isWanted(row.provider)) continue;
    all.merge(row);
    steps.of(row.at - (row.at % step)).merge(row);
    if (row.provider !== '') providers.of(row.provider).merge(row);
    if (row.requests > 0) models.of(row.model).merge(row);
  }
  const uptime = uptimeOf(source.uptime(from));
  // A provider that was up and answered nothing is listed, too.
  for (const name of uptime.keys()) if (isWanted(name)) providers.of(name);
  return {
    range,
    from: new Date(from).toISOString(),
    until: new Date(nowEpochMs).toISOString(),
    step,
    totals: { ...counts(all), left: all.left, retried: all.retried, ...times(all) },
    series: steps.all.map(([at, cell]) => ({
      at: new Date(at).toISOString(),
      ...counts(cell),
      ...times(cell),
    })),
    providers: providersOf(providers, uptime, all),
    models: modelsOf(models, all),
    errors: [...all.kinds]
      .map(([kind, count]) => ({ kind, count }))
      .sort((one, other) => other.count - one.count),
  };
}

const providersOf = (
  groups: Groups<string>,
  uptime: ReadonlyMap<string, number>,
  all: MinuteCounts,
): Statistics['providers'] =>
  groups.all
    .map(([name, cell]) => ({
      provider: name,
      requests: cell.answered,
      errors: cell.failed,
      share: share(cell.answered, all.requests),
      ...quantiles(cell.latency),
      uptime: uptime.get(name) ?? null,
      prompt: cell.prompt,
      completion: cell.completion,
      estimated: cell.estimated,
    }))
    .sort((one, other) => other.requests - one.requests);

const modelsOf = (groups: Groups<string>, all: MinuteCounts): Statistics['models'] =>
  groups.all
    .map(([name, { requests, errors }]) => ({
      model: name,
      requests,
      errors,
      share: share(requests, all.requests),
    }))
    .sort((one, other) => other.requests - one.requests);

class Groups<Key> {
  readonly #cells: Map<Key, MinuteCounts>;

  constructor(keys: readonly Key[] = []) {
    this.#cells = new Map(keys.map((key) => [key, new MinuteCounts()]));
  }

  of(key: Key): MinuteCounts {
    const known = this.#cells.get(key);
    if (known) return known;
    const cell = new MinuteCounts();
    this.#cells.set(key, cell);
    return cell;
  }

  get all(): [Key, MinuteCounts][] {
    return [...this.#cells];
  }
}

const counts = ({ requests, errors, prompt, completion, estimated }: MinuteCounts) => ({
  requests,
  errors,
  prompt,
  completion,
  estimated,
});

const times = ({ latency, ttft }: MinuteCounts) => ({ ...quantiles(latency), ttft: quantiles(ttft) });

function quantiles(of: MinuteCounts['latency']) {
  return { p50: of.quantile(0.5), p95: of.quantile(0.95), p99: of.quantile(0.99) };
}

const share = (part: number, all: number): number => (all === 0 ? 0 : Math.round((part / all) * 1000) / 1000);

/** The share of the known time in which each provider was available. */
function uptimeOf(rows: Iterable<UptimeRow>): ReadonlyMap<string, number> {
  const sums = new Map<string, { up: number; known: number }>();
  for (const { provider, up, known } of rows) {
    const sum = sums.get(provider) ?? { up: 0, known: 0 };
    sums.set(provider, { up: sum.up + up, known: sum.known + known });
  }
  return new Map(
    [...sums].map(([provider, { up, known }]) => [provider, Math.round((up / known) * 10_000) / 10_000]),
  );
}
