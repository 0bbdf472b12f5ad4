import type { Context, ManagedProcess, Target } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';

/** The reasons of each target that is blocked. */
export function reasonsAgainst(targets: readonly Target[], now: number): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const target of targets) {
    const blocks = target.blocks(now);
    if (blocks.size > 0)
      out[target.id] = [...blocks].map(([reason, { detail }]) =>
        detail === '' ? reason : `${reason}: ${detail}`,
      );
  }
  return out;
}

/** Why a target is blocked, in one line. */
export const whyBlocked = (target: Target, now: number): string =>
  [...target.blocks(now)].map(([reason, { detail }]) => detail || reason).join('; ');

/** All targets are blocked: the reasons, and when the first of them is back. */
export function noTarget(
  { call, route: { pinned } }: Pick<Context, 'call' | 'route'>,
  targets: readonly Target[],
  now: number,
): GatewayError {
  const reasons = targets.map((target) => `${target.id} is blocked (${whyBlocked(target, now)})`).join(', ');
  const back = Math.min(
    ...targets.map((target) => Math.max(...[...target.blocks(now).values()].map(({ untilMs }) => untilMs))),
  );
  const retry = Number.isFinite(back) ? { retryAfterS: Math.max(1, Math.ceil((back - now) / 1000)) } : {};
  const isBusy = targets.every((target) => target.blocks(now).has('quota'));
  if (pinned !== undefined)
    return new GatewayError(isBusy ? 'upstream_busy' : 'provider_unavailable', reasons, retry);
  const what = `no provider can answer for '${call.model}'${isBusy ? ' just now' : ''}: ${reasons}`;
  return new GatewayError(isBusy ? 'upstream_busy' : 'no_target', what, retry);
}

/** The process has crashed, and its restart is later than a request may wait. */
export function restsTooLong(target: Target, { history }: ManagedProcess, restMs: number): GatewayError {
  const why = `${target.provider.name} is blocked (${history.at(-1)?.reason})`;
  return new GatewayError('provider_unavailable', why, { retryAfterS: Math.ceil(restMs / 1000) });
}
