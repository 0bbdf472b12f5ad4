import type { Block, Target, Upstream, Upstreams } from '../../core/contracts/index.ts';
import { holding } from '../../core/upstreams/blocks.ts';
import type { State as AnyState } from './answers.ts';

/** A coarse state for scripts; `unknown`: nothing is known yet. */
export type Status = 'starting' | 'healthy' | 'unhealthy' | 'stopped' | 'error' | 'unknown';

/**
 * The state of its process. For a provider without one, and for a program that runs, its answers decide: `available`, `blocked`
 * (all of it), `unhealthy` (its last answers were failures; the next request finds out) or `unknown`.
 */
export type StandingState = AnyState;

export interface Standing {
  readonly status: Status;
  readonly state: StandingState;
  /** why all of it is blocked, if it is */
  readonly out: string[];
  /** inactive until it is started by name */
  readonly dormant: boolean;
  /** it is meant to answer: not dormant, and not a last resort that waits behind other providers */
  readonly inService: boolean;
}

const STATUS: Readonly<Record<StandingState, Status>> = {
  absent: 'stopped',
  installing: 'starting',
  stopped: 'stopped',
  starting: 'starting',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  stopping: 'stopped',
  backoff: 'error',
  failed: 'error',
  available: 'healthy',
  blocked: 'unhealthy',
  unknown: 'unknown',
};

/** The state of a provider: the one answer for health, lists, metrics, events and the dashboard. */
export function standing(upstream: Upstream, upstreams: Upstreams, now: number): Standing {
  const out = outOf(upstream, now);
  const state = stateOf(upstream, out.length > 0);
  return {
    status: STATUS[state],
    state,
    out: [...new Set(out.map(([reason]) => reason))],
    dormant: upstream.dormant,
    inService: !upstream.dormant && (isMeant(upstream, upstreams) || UP.has(state)),
  };
}

/** A request now would be sent to it, or would start it. */
export function canServe({ out, dormant }: Standing, { process }: Upstream): boolean {
  return (
    !dormant &&
    (out.length === 0 || (process?.startsOnDemand === true && out.every((one) => one === 'stopped')))
  );
}

/** A last resort is meant to answer only if there is no other provider. */
const isMeant = ({ provider }: Upstream, upstreams: Upstreams): boolean =>
  !provider.lastResort || upstreams.asked().some((upstream) => upstream.provider === provider);

const UP: ReadonlySet<StandingState> = new Set(['installing', 'starting', 'healthy', 'unhealthy']);

/** Its own blocks; else those of its targets, if each target that was asked is blocked; else what a check found. */
export function outOf(upstream: Upstream, now: number): readonly (readonly [reason: string, Block])[] {
  const own = [...holding(upstream.blocks, now)];
  if (own.length > 0) return own;
  const each = asked(upstream).map((target) => [...target.blocks(now)]);
  if (each.length > 0 && each.every((blocks) => blocks.length > 0)) return each.flat();
  return isOutOfReach(upstream) ? [['unreachable', { untilMs: Infinity, detail: unreached(upstream) }]] : [];
}

function stateOf(upstream: Upstream, isOut: boolean): StandingState {
  const { process, lastCheck, dormant } = upstream;
  if (process && process.state !== 'healthy') return process.state;
  if (dormant) return 'absent';
  if (isOut) return 'blocked';
  if (process) return 'healthy';
  const targets = asked(upstream);
  if (targets.some(isWell)) return 'available';
  if (lastCheck && targets.every(({ stats }) => stats.failedAtMs < lastCheck.atMs)) return 'available';
  return targets.some(({ stats }) => stats.failedAtMs > 0) ? 'unhealthy' : 'unknown';
}

const asked = ({ targets }: Upstream): Target[] => [...targets].filter(({ stats }) => stats.begun > 0);

const isWell = ({ stats }: Target): boolean =>
  stats.wellSinceMs !== undefined || stats.reachedAtMs > stats.failedAtMs;

/** The last requests could not reach it, or the last check could not and no request came since. */
function isOutOfReach(upstream: Upstream): boolean {
  const targets = asked(upstream);
  const { lastCheck, provider } = upstream;
  // Without a path to check, only the next request can find out, so it is let through.
  if (provider.checkPath !== undefined && targets.length > 0 && targets.every(isUnreachable)) return true;
  return (
    lastCheck?.problem !== undefined &&
    targets.every(({ stats }) => Math.max(stats.reachedAtMs, stats.failedAtMs) < lastCheck.atMs)
  );
}

const isUnreachable = ({ stats }: Target): boolean => stats.circuit.isUnreachable;

const unreached = ({ provider: { name }, lastCheck }: Upstream): string =>
  `it could not be reached${lastCheck?.problem ? `: ${lastCheck.problem}` : ''}; is it running, and is providers.${name}.baseUrl where it listens?`;
