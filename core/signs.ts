import type { Attempt, Context } from './contracts.ts';
import { attemptChannel } from './dispatch.ts';
import type { Sign } from './supervisor/stalls.ts';
import type { Yard } from './yard.ts';

/** It ran out of time. */
const STALLS: ReadonlySet<string | undefined> = new Set([
  'connect_timeout',
  'first_byte_timeout',
  'first_content_timeout',
  'stream_stalled',
  'total_timeout',
]);
/** It could not be spoken to, which a busy or a dead process may be the reason for. */
const FAILURES: ReadonlySet<string | undefined> = new Set(['upstream_refused', 'upstream_reset']);

/** Tells local processes how attempts at them end. @returns ends it */
export function tellProcesses(yard: Yard): () => void {
  const listen = (message: unknown): void => {
    const { context, attempt, house } = message as { context: Context; attempt: Attempt; house: unknown };
    if (house !== yard || !attempt.target.provider.process) return;
    const kind = kindOf(attempt);
    const { started, ended = started, bytes, message: what = '' } = attempt;
    const at = (us: number): number => context.started + us / 1_000;
    if (kind) yard.process(attempt.target)?.saw({ kind, what, since: at(started), until: at(ended), bytes });
  };
  attemptChannel.subscribe(listen);
  return () => void attemptChannel.unsubscribe(listen);
}

/** undefined: it tells nothing, as when the client has left before anything came */
function kindOf({ outcome, reason, firstContent }: Attempt): Sign['kind'] | undefined {
  if (outcome === 'left') return firstContent === undefined ? undefined : 'answered';
  if (outcome === 'answered') return 'answered';
  if (STALLS.has(reason)) return 'stalled';
  return FAILURES.has(reason) ? 'failed' : 'answered';
}
