import type { Host, Upstream } from '../../core/contracts/index.ts';
import { outOf, standing } from '../../kits/feature-kit/index.ts';
import type { Minutes } from './minutes.ts';
import type { StateRow } from './rows.ts';

/** ms between two checks */
const EVERY = 1_000;

/** Whether a provider in this state was available; in any other state it is not in service, or that is unknown. */
const UP: Readonly<Record<string, boolean>> = {
  healthy: true,
  available: true,
  blocked: false,
  starting: false,
  unhealthy: false,
  backoff: false,
  failed: false,
};

/**
 * Checks each second which providers are available, and reports state changes of those that are not local processes.
 */
export class UptimeMonitor {
  readonly #timer: NodeJS.Timeout;
  /** each provider's state at the last check */
  readonly #last = new Map<string, string>();

  constructor({ gateway, now, date }: Host, minutes: Minutes, changed: (change: StateRow) => void) {
    const measure = (): void => {
      const [clock, at] = [now(), date()];
      for (const upstream of gateway.upstreams.values()) {
        const { name } = upstream.provider;
        const { state } = standing(upstream, gateway.upstreams, clock);
        const up = UP[state];
        if (up === undefined) continue;
        minutes.addUptime(name, up, EVERY / 1_000, at);
        if (!upstream.process && this.#last.get(name) !== state)
          changed({ at, provider: name, state, reason: reasonOf(upstream, clock) });
        this.#last.set(name, state);
      }
    };
    this.#timer = setInterval(measure, EVERY);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

const reasonOf = (upstream: Upstream, now: number): string =>
  [...new Set(outOf(upstream, now).map(inWords))].join('; ');

const inWords = ([reason, { detail }]: readonly [string, { readonly detail: string }]): string =>
  detail === '' ? reason : `${reason}: ${detail}`;
