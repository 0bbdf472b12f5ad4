import type { Attempt, AttemptOutcome, Context, Gateway } from '../../core/contracts/index.ts';
import { meaningOf } from '../../core/errors.ts';

/** Reports to a local process how attempts at it end: its passive health check. */
export function reportAttempts(gateway: Gateway): (attempt: Attempt, context: Context) => void {
  return (attempt, context) => {
    if (!attempt.target.provider.process) return;
    const kind = kindOf(attempt);
    const { startedUs, endedUs = startedUs, bytes, message: what = '' } = attempt;
    const at = (us: number): number => context.startedMs + us / 1_000;
    if (kind)
      gateway.upstreams
        .get(attempt.target.provider.name)
        ?.process?.observe({ kind, what, sinceMs: at(startedUs), untilMs: at(endedUs), bytes });
  };
}

/** @returns undefined: it shows nothing, such as a disconnect before the first content */
function kindOf({ outcome, reason, firstContentUs }: Attempt): AttemptOutcome['kind'] | undefined {
  if (outcome === 'left') return firstContentUs === undefined ? undefined : 'answered';
  if (outcome === 'answered') return 'answered';
  const { process = 'nothing' } = meaningOf(reason) ?? {};
  return process === 'nothing' ? undefined : process;
}
