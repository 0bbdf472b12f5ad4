import type { Host, Upstream } from '../../../core/contracts/index.ts';
import { meaningOf } from '../../../core/errors.ts';
import { type Clocks, dated } from '../../../kits/feature-kit/index.ts';

/** Numbers of a provider as the first version named them: seconds, and seconds since 1970. */
export interface Vitals {
  readonly port: number | null;
  readonly models: string[];
  readonly response_time: number;
  readonly error_count: number;
  readonly last_health_check: number | null;
  readonly uptime: number;
}

/** Numbers that must be collected: failures in a row, counted as they happen. */
export class Watch {
  readonly #failures = new Map<string, number>();

  constructor({ events }: Host) {
    events.onAttempt((attempt) => {
      const { name } = attempt.target.provider;
      if (meaningOf(attempt.reason)?.health === 'nothing') return;
      if (attempt.outcome === 'failed') this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
      else if (attempt.outcome === 'answered' && this.#failures.size > 0) this.#failures.delete(name);
    });
  }

  vitals(upstream: Upstream, clocks: Clocks): Vitals {
    const { provider, process, targets } = upstream;
    const lives = [...targets].map(({ stats }) => stats);
    const known = lives.map(({ latencyMs }) => latencyMs).filter((latency) => latency > 0);
    const average = known.reduce((sum, latency) => sum + latency, 0) / (known.length || 1);
    const since = upSince(upstream, clocks);
    const { port } = provider.process ?? {};
    const checks = [
      ...lives.flatMap(({ content, whole }) => [content.atMs, whole.atMs]).map((at) => dated(at, clocks)),
      process?.history.at(-1)?.atEpochMs ?? 0,
      process?.lastProbe?.atEpochMs ?? 0,
    ];
    const last = Math.max(0, ...checks);
    return {
      port: process?.port ?? (typeof port === 'number' ? port : null),
      models: [...upstream.publicNames],
      response_time: seconds(average || process?.lastProbe?.tookMs || 0),
      error_count: this.#failures.get(provider.name) ?? 0,
      last_health_check: last === 0 ? null : last / 1000,
      uptime: since === undefined ? 0 : seconds(Math.max(0, clocks.date() - since)),
    };
  }
}

/** When it became healthy, ms since 1970; undefined: it is not, or that is not known yet. */
export function upSince({ process, targets }: Upstream, clocks: Clocks): number | undefined {
  if (process) return process.state === 'healthy' ? process.history.at(-1)?.atEpochMs : undefined;
  const known = [...targets].map(({ stats }) => stats.wellSinceMs).filter((since) => since !== undefined);
  return known.length === 0 ? undefined : dated(Math.min(...known), clocks);
}

const seconds = (ms: number): number => Math.round(ms) / 1000;
