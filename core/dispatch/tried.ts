import type { AttemptResult } from '../attempt/attempt-result.ts';
import type { Context, Formats, Target } from '../contracts/index.ts';
import { translationFor } from '../translation/adapt-call.ts';
import { isOpen } from '../upstreams/availability.ts';

/**
 * Targets that are not asked again for a request, after these attempts: all that were asked, but for those that have
 * another key, and those that may answer by another API.
 * @param failed all attempts of the request, these among them
 */
export function triedAfter(
  results: readonly AttemptResult[],
  context: Pick<Context, 'call' | 'route'>,
  tried: readonly Target[],
  failed: readonly AttemptResult[],
  { formats, now }: { readonly formats: Formats; readonly now: () => number },
): readonly Target[] {
  const nowMs = now();
  const asked = results.filter((one) => !hasOtherKey(one, nowMs)).map(({ attempt }) => attempt.target);
  return withoutTranslated(context, [...tried, ...asked], failed, formats);
}

/** Whether a target that was not tried is well: a retry there costs nothing. */
export function isAnyWell(targets: readonly Target[], tried: readonly Target[], now: number): boolean {
  return targets.some((target) => !tried.includes(target) && target.isWell(now));
}

/** It failed because of its key, and has another one that is not blocked. */
function hasOtherKey({ attempt: { target }, refusalScope }: AttemptResult, now: number): boolean {
  return refusalScope?.scope === 'key' && (target.provider.keys?.size ?? 0) > 1 && isOpen(target, now);
}

/** Where all were tried, one that lacks this API may be asked once more, by another that it has. */
function withoutTranslated(
  { route, call }: Pick<Context, 'call' | 'route'>,
  tried: readonly Target[],
  failed: readonly AttemptResult[],
  formats: Formats,
): readonly Target[] {
  if (tried.length < route.targets.length) return tried;
  const timesLacking = (target: Target): number =>
    failed.filter((one) => one.attempt.target === target && one.refusalScope?.scope === 'surface').length;
  return tried.filter(
    (target) => timesLacking(target) !== 1 || translationFor(target, call.surface, formats) === undefined,
  );
}
