import { aboutPath } from './about-path.ts';
import type { Attempt, Call, UpstreamRequest } from './contracts.ts';
import type { Refusal } from './relay/delivery.ts';
import { retryAfter } from './retry-after.ts';
import { isRetryable } from './retryable.ts';
import { concernOf, type Concern } from './scopes.ts';

/** Writes into the attempt what a refusal means: whether another may do better, and when it may be asked again. */
export function judgeRefusal(
  attempt: Attempt,
  refusal: Refusal,
  request: UpstreamRequest,
  { surface, format }: Pick<Call, 'surface' | 'format'>,
  date: number,
): Concern | undefined {
  const { status, headers, body } = refusal;
  const { provider } = attempt.target;
  const wait = retryAfter(headers, date, status);
  attempt.reason = 'upstream_status';
  attempt.message = `${provider.name} answered ${status}`;
  const lacked = format === 'opaque' ? undefined : lackOf(refusal, surface);
  const concern = concernOf(refusal, request, provider) ?? lacked;
  if (concern) attempt.scope = concern.scope;
  // A path does not come with time.
  if (wait !== undefined && concern?.scope !== 'surface') attempt.retryAfter = wait;
  const again = provider.retryable?.(status, body) ?? isRetryable(status, provider.quirks);
  attempt.outcome = (again || mends(concern)) && concern?.scope !== 'request' ? 'failed' : 'answered';
  return concern;
}

/** Another target may have the path, or the model, that this one has not; neither says anything about its health. */
function lackOf(refusal: Refusal, surface: string): Concern | undefined {
  const about = aboutPath(refusal);
  return about === 'path' ? { scope: 'surface', surface } : about && { scope: about };
}

/** It is no fault of the request's: another key, or another target, may do better. */
function mends(concern: Concern | undefined): boolean {
  return concern !== undefined && concern.scope !== 'caller';
}
