import { aboutPath } from './about-path.ts';
import type { Attempt, Call, UpstreamRequest } from '../contracts/index.ts';
import type { Refusal } from '../relay/receiver.ts';
import { retryAfter } from '../../wire/retry-after.ts';
import { isRetryable } from './retryable.ts';
import { scopeOf, type RefusalScope } from './refusal-scope.ts';

/** Writes into the attempt what a refusal means: whether another may do better, and when it may be asked again. */
export function judgeRefusal(
  attempt: Attempt,
  refusal: Refusal,
  request: UpstreamRequest,
  { surface, format }: Pick<Call, 'surface' | 'format'>,
  date: number,
): RefusalScope | undefined {
  const { status, headers, body } = refusal;
  const { provider } = attempt.target;
  const wait = retryAfter(headers, date, status);
  attempt.reason = 'upstream_status';
  attempt.message = `${provider.name} answered ${status}`;
  const lacked = format === 'opaque' ? undefined : lackOf(refusal, surface);
  const concern = scopeOf(refusal, request, provider) ?? lacked;
  if (concern) attempt.scope = concern.scope;
  // A path does not come with time.
  if (wait !== undefined && concern?.scope !== 'surface') attempt.retryAfter = wait;
  const again = provider.retryable?.(status, body) ?? isRetryable(status, provider.quirks);
  attempt.outcome = (again || mends(concern)) && concern?.scope !== 'request' ? 'failed' : 'answered';
  return concern;
}

/** Another target may have the path, or the model, that this one has not; neither says anything about its health. */
function lackOf(refusal: Refusal, surface: string): RefusalScope | undefined {
  const about = aboutPath(refusal);
  return about === 'path' ? { scope: 'surface', surface } : about && { scope: about };
}

/** It is no fault of the request's: another key, or another target, may do better. */
function mends(concern: RefusalScope | undefined): boolean {
  return concern !== undefined && concern.scope !== 'caller';
}
