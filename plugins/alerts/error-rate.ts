import type { Trace } from '../../core/contracts/index.ts';
import { meaningOf } from '../../core/errors.ts';
import { isRefusal, isServerError } from '../../kits/feature-kit/index.ts';
import type { Conditions } from './conditions.ts';
import type { ErrorRateOptions } from './options.ts';

/** The window moves on in this many steps. */
const STEPS = 20;

/** Refusals that are about a key, its funds or its limits, or about time. */
const OPERATORS: ReadonlySet<number> = new Set([401, 402, 403, 408, 429]);

interface Step {
  /** which step of time it is */
  nth: number;
  requests: number;
  failed: number;
}

/** Reports when too many requests of a moving window have failed. */
export class ErrorRate {
  readonly #options: ErrorRateOptions;
  readonly #conditions: Conditions;
  readonly #stepMs: number;
  readonly #steps: Step[] = Array.from({ length: STEPS }, () => ({ nth: -1, requests: 0, failed: 0 }));

  constructor(options: ErrorRateOptions, conditions: Conditions) {
    this.#options = options;
    this.#conditions = conditions;
    this.#stepMs = options.window / STEPS;
  }

  ended(trace: Trace, nowMs: number): void {
    if (trace.ending === 'left' || isCallersFault(trace)) return;
    const nth = Math.floor(nowMs / this.#stepMs);
    const step = this.#steps[nth % STEPS] as Step;
    if (step.nth !== nth) Object.assign(step, { nth, requests: 0, failed: 0 });
    step.requests++;
    if (trace.ending !== 'complete') step.failed++;
  }

  check(nowMs: number): void {
    const { rate, minimum, window } = this.#options;
    const first = Math.floor(nowMs / this.#stepMs) - STEPS + 1;
    let [requests, failed] = [0, 0];
    for (const step of this.#steps) {
      if (step.nth < first) continue;
      requests += step.requests;
      failed += step.failed;
    }
    const isHigh = requests >= minimum && failed / requests >= rate;
    const share = requests === 0 ? 0 : failed / requests;
    const details = { requests, failed, windowMs: window };
    const counted = `${failed} of ${requests} requests failed in the last ${Math.round(window / 1_000)} s`;
    this.#conditions.report('error rate', isHigh, nowMs, () =>
      isHigh
        ? {
            type: 'error_rate_high',
            subject: 'requests',
            message: `${Math.round(share * 100)} % of the requests fail: ${counted}`,
            details,
          }
        : {
            type: 'error_rate_normal',
            subject: 'requests',
            message: `the share of failed requests is normal again: ${counted}`,
            details,
          },
    );
  }
}

/** It was refused for its content, by the gateway or by an upstream. */
function isCallersFault({ reason, status = 0 }: Trace): boolean {
  if (reason !== 'upstream_status') return meaningOf(reason)?.fault === 'client';
  return isRefusal(status) && !isServerError(status) && !OPERATORS.has(status);
}
