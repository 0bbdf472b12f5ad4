import type { Berth } from '../../core/berth.ts';
import type { Host } from '../../core/contracts.ts';
import type { Minutes } from './minutes.ts';
import type { StateRow } from './rows.ts';

/** ms between two looks */
const EVERY = 1_000;

/** States of a process in which it should answer and cannot. */
const DOWN: readonly string[] = ['starting', 'unhealthy', 'backoff', 'failed'];

/** Looks each second who can be asked, and tells when one that is no process of ours changes. */
export class Uptime {
  readonly #timer: NodeJS.Timeout;
  /** whether each could be asked when it was looked at last */
  readonly #last = new Map<string, boolean>();

  constructor({ yard, now }: Host, minutes: Minutes, changed: (change: StateRow) => void) {
    const look = (): void => {
      const at = now();
      for (const berth of yard.berths.values()) {
        const { name } = berth.provider;
        const outs = outOf(berth, at);
        const up = isUp(berth, outs.length > 0);
        if (up === undefined) continue;
        minutes.look(name, up, EVERY / 1_000, at);
        if (!berth.process && this.#last.get(name) !== up)
          changed({ at, provider: name, state: up ? 'available' : 'blocked', reason: outs.join('; ') });
        this.#last.set(name, up);
      }
    };
    this.#timer = setInterval(look, EVERY);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Whether it could be asked; undefined: nobody knows, or nobody wants it to run. */
function isUp({ process, targets, dormant }: Berth, isOut: boolean): boolean | undefined {
  if (process) return process.state === 'healthy' ? true : DOWN.includes(process.state) ? false : undefined;
  if (dormant) return undefined;
  return [...targets].some(({ live }) => live.begun > 0) ? !isOut : undefined;
}

/** Why it is out as a whole, or each of its targets is. */
function outOf({ blocks, targets }: Berth, now: number): string[] {
  const whole = [...blocks].filter(([, { until }]) => until > now);
  if (whole.length > 0) return whole.map(told);
  const each = [...targets].map((target) => [...target.blocks(now)]);
  return each.length > 0 && each.every((one) => one.length > 0) ? [...new Set(each.flat().map(told))] : [];
}

const told = ([reason, { detail }]: readonly [string, { readonly detail: string }]): string =>
  detail === '' ? reason : `${reason}: ${detail}`;
