import type { Trace } from '../../core/contracts/index.ts';
import { MinuteCounts } from './minute-counts.ts';
import type { MinuteRow, UptimeRow } from './rows.ts';

const MINUTE = 60_000;
/** Most models counted by name in one minute: callers can ask for any name. The rest is counted under '*'. */
const NAMES = 200;
/** Minutes kept in memory while they cannot be written. */
const REMEMBERED = 60;

interface Minute {
  readonly minutes: readonly MinuteRow[];
  readonly uptime: readonly UptimeRow[];
}

/** The current minute, counted as it passes, and the minutes not written yet. */
export class Minutes {
  #atEpochMs: number;
  /** by provider, then by model */
  #cells = new Map<string, Map<string, MinuteCounts>>();
  #names = 0;
  #uptime = new Map<string, { up: number; known: number }>();
  #past: Minute[] = [];

  constructor(now: number) {
    this.#atEpochMs = minuteOf(now);
  }

  add(trace: Trace, now: number): void {
    this.#turn(now);
    const { attempts, model } = trace;
    this.#cell(attempts.at(-1)?.target.provider.name ?? '', model).add(trace);
    for (const { outcome, target } of attempts)
      if (outcome === 'failed') this.#cell(target.provider.name, model).failed++;
  }

  /** Records whether a provider was available for the last `seconds` seconds. */
  addUptime(provider: string, up: boolean, seconds: number, now: number): void {
    this.#turn(now);
    let known = this.#uptime.get(provider);
    if (!known) this.#uptime.set(provider, (known = { up: 0, known: 0 }));
    known.known += seconds;
    if (up) known.up += seconds;
  }

  /** Finished minutes to be written; they are kept until `written` is called. */
  over(now: number): Minute {
    this.#turn(now);
    return joined(this.#past);
  }

  written({ minutes, uptime }: Minute): void {
    this.#past = this.#past.filter(
      (one) =>
        !one.minutes.every((row) => minutes.includes(row)) ||
        !one.uptime.every((row) => uptime.includes(row)),
    );
  }

  /** Everything not yet on disk, including the current minute. */
  fresh(now: number): Minute {
    this.#turn(now);
    return joined([...this.#past, this.#running()]);
  }

  /** Ends the current minute, because the gateway closes. */
  end(): void {
    this.#past = [...this.#past, this.#running()].slice(-REMEMBERED);
    this.#cells = new Map();
    this.#names = 0;
    this.#uptime = new Map();
  }

  #turn(now: number): void {
    const at = minuteOf(now);
    if (at === this.#atEpochMs) return;
    if (this.#cells.size > 0 || this.#uptime.size > 0) this.end();
    this.#atEpochMs = at;
  }

  #running(): Minute {
    const cells = [...this.#cells].flatMap(([provider, models]) =>
      [...models].map(([model, cell]) => cell.row(this.#atEpochMs, provider, model)),
    );
    const uptime = [...this.#uptime].map(([provider, known]) => ({
      at: this.#atEpochMs,
      provider,
      ...known,
    }));
    return { minutes: cells, uptime };
  }

  #cell(provider: string, model: string): MinuteCounts {
    let models = this.#cells.get(provider);
    if (!models) this.#cells.set(provider, (models = new Map()));
    const known = models.get(model) ?? (this.#names >= NAMES ? models.get('*') : undefined);
    if (known) return known;
    const cell = new MinuteCounts();
    models.set(this.#names >= NAMES ? '*' : model, cell);
    this.#names++;
    return cell;
  }
}

const minuteOf = (now: number): number => now - (now % MINUTE);

function joined(all: readonly Minute[]): Minute {
  return {
    minutes: all.flatMap(({ minutes }) => minutes),
    uptime: all.flatMap(({ uptime }) => uptime),
  };
}
