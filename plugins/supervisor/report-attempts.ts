import type { Attempt, AttemptOutcome, Context, Gateway } from '../../core/contracts/index.ts';
import { meaningOf } from '../../core/errors.ts';

/** Reports to a local process how attempts at it end: its passive health check. */
export function reportAttempts(gateway: Gateway): (attempt: Attempt, context: Context) => void {
  return (attempt, context) => {
    if (!attempt.target.provider.process) return;
    const kind = kindOf(attempt);
    const { started, ended = started, bytes, message: what = '' } = attempt;
    const at = (us: number): number => context.startedMs + us / 1_000;
    if (kind)
      gateway.upstreams
        .get(attempt.target.provider.name)
        ?.process?.observe({ kind, what, since: at(started), until: at(ended), bytes });
  };
}

/** @returns undefined: it tells nothing, as when the client left before the first content */
function kindOf({ outcome, reason, firstContent }: Attempt): AttemptOutcome['kind'] | undefined {
  if (outcome === 'left') return firstContent === undefined ? undefined : 'answered';
  if (outcome === 'answered') return 'answered';
  const { process = 'nothing' } = meaningOf(reason) ?? {};
  return process === 'nothing' ? undefined : process;
}
