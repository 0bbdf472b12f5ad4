import type { Attempt, UpstreamRequest } from './contracts.ts';
import type { Refusal } from './relay/delivery.ts';
import { retryAfter } from './retry-after.ts';
import { isRetryable } from './retryable.ts';
import { concernOf, type Concern } from './scopes.ts';

/** Writes into the attempt what a refusal means: whether another may do better, and when it may be asked again. */
export function judgeRefusal(
  attempt: Attempt,
  refusal: Refusal,
  request: UpstreamRequest,
  date: number,
): Concern | undefined {
  const { status, headers, body } = refusal;
  const { provider } = attempt.target;
  const wait = retryAfter(headers, date);
  if (wait !== undefined) attempt.retryAfter = wait;
  attempt.reason = 'upstream_status';
  attempt.message = `${provider.name} answered ${status}`;
  const concern = concernOf(refusal, request, provider);
  if (concern) attempt.scope = concern.scope;
  const again = provider.retryable?.(status, body) ?? isRetryable(status, provider.quirks);
  attempt.outcome = (again || mends(concern)) && concern?.scope !== 'request' ? 'failed' : 'answered';
  return concern;
}

/** It is no fault of the request's: another key, or another target, may do better. */
function mends(concern: Concern | undefined): boolean {
  return concern !== undefined && concern.scope !== 'caller';
}
