import type { Host, Upstream } from '../../core/contracts/index.ts';
import { outOf, standing } from '../../kits/feature-kit/standing.ts';
import type { Minutes } from './minutes.ts';
import type { StateRow } from './rows.ts';

/** ms between two looks */
const EVERY = 1_000;

/** Whether it could be asked; where a state is none of these, it is not meant to be, or nobody knows. */
const UP: Readonly<Record<string, boolean>> = {
  healthy: true,
  available: true,
  blocked: false,
  starting: false,
  unhealthy: false,
  backoff: false,
  failed: false,
};

/** Looks each second who can be asked, and tells when one that is no process of ours changes. */
export class Uptime {
  readonly #timer: NodeJS.Timeout;
  /** the state of each when it was looked at last */
  readonly #last = new Map<string, string>();

  constructor({ gateway, now, date }: Host, minutes: Minutes, changed: (change: StateRow) => void) {
    const look = (): void => {
      const [clock, at] = [now(), date()];
      for (const upstream of gateway.upstreams.values()) {
        const { name } = upstream.provider;
        const { state } = standing(upstream, gateway.upstreams, clock);
        const up = UP[state];
        if (up === undefined) continue;
        minutes.look(name, up, EVERY / 1_000, at);
        if (!upstream.process && this.#last.get(name) !== state)
          changed({ at, provider: name, state, reason: reasonOf(upstream, clock) });
        this.#last.set(name, state);
      }
    };
    this.#timer = setInterval(look, EVERY);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

const reasonOf = (upstream: Upstream, now: number): string =>
  [...new Set(outOf(upstream, now).map(told))].join('; ');

const told = ([reason, { detail }]: readonly [string, { readonly detail: string }]): string =>
  detail === '' ? reason : `${reason}: ${detail}`;
