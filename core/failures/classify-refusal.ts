import type { Attempt, Call, UpstreamRequest } from '../contracts/index.ts';
import type { Refusal } from './refusal.ts';
import { retryAfter } from '../../wire/retry-after.ts';
import { scopeOf, type RefusalScope } from './refusal-scope.ts';
import { isUsedUp, meaningOfStatus } from './status-meaning.ts';

/** Writes into the attempt what a refusal means: whether another attempt may do better, and when it may be made. */
export function classifyRefusal(
  attempt: Attempt,
  refusal: Refusal,
  request: UpstreamRequest,
  { surface, format }: Pick<Call, 'surface' | 'format'>,
  date: number,
): RefusalScope | undefined {
  const { status, headers, body } = refusal;
  const { provider } = attempt.target;
  const wait = retryAfter(headers, date, isUsedUp(status), body);
  attempt.reason = 'upstream_status';
  attempt.message = `${provider.name} answered ${status}`;
  const own = provider.retryable?.(status, body);
  // What its provider knows to mend is not lacking.
  const lacked = format === 'opaque' || own ? undefined : lackOf(refusal, surface);
  const applies = scopeOf(refusal, request, provider) ?? lacked;
  if (applies) attempt.scope = applies.scope;
  // A path does not come with time.
  if (wait !== undefined && applies?.scope !== 'surface') attempt.retryAfterMs = wait;
  const mayChange =
    own ?? (meaningOfStatus(status).retryable || provider.quirks.retryStatuses?.includes(status) === true);
  // Where the request is not at fault, another key or target may do better.
  const isMended = mayChange || (applies !== undefined && applies.scope !== 'caller');
  attempt.outcome = isMended && applies?.scope !== 'request' ? 'failed' : 'answered';
  return applies;
}

/** Another target may have the path, or the model, that this one lacks; neither says anything about health. */
function lackOf({ status, body }: Refusal, surface: string): RefusalScope | undefined {
  const lack = meaningOfStatus(status).lack?.(body);
  return lack === 'path' ? { scope: 'surface', surface } : lack && { scope: lack };
}
