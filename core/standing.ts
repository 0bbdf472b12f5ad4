import type { Berth } from './berth.ts';
import type { Berths } from './berths.ts';
import type { Block } from './blocks.ts';
import type { State as AnyState } from './contracts/answers.ts';
import type { Target } from './target.ts';

/** A word for scripts: the five that the first version had, and `unknown` for what has not been heard of yet. */
export type Status = 'starting' | 'healthy' | 'unhealthy' | 'stopped' | 'error' | 'unknown';

/**
 * The state of its process; for a provider without one, and for a program that runs, what its answers say: `available`,
 * `blocked` (out as a whole), `unhealthy` (its last answers were failures, the next request finds out) or `unknown`.
 */
export type StandingState = AnyState;

export interface Standing {
  readonly status: Status;
  readonly state: StandingState;
  /** why it is out as a whole, if it is */
  readonly out: string[];
  /** sleeps until it is started by name */
  readonly dormant: boolean;
  /** it is meant to answer: neither dormant, nor a last resort beside others that is not running */
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

/** How a provider is: the one answer that health, the lists, metrics, events and the dashboard give. */
export function standing(berth: Berth, berths: Berths, now: number): Standing {
  const out = outOf(berth, now);
  const state = stateOf(berth, out.length > 0);
  return {
    status: STATUS[state],
    state,
    out: [...new Set(out.map(([reason]) => reason))],
    dormant: berth.dormant,
    inService: !berth.dormant && (isMeant(berth, berths) || UP.has(state)),
  };
}

/** A request that comes now would be tried there, or starts it. */
export function canServe({ out, dormant }: Standing, { process }: Berth): boolean {
  return !dormant && (out.length === 0 || (process?.wakes === true && out.every((one) => one === 'stopped')));
}

/** A last resort is meant to answer only where there is no other. */
const isMeant = ({ provider }: Berth, berths: Berths): boolean =>
  !provider.lastResort || berths.asked().some((berth) => berth.provider === provider);

const UP: ReadonlySet<StandingState> = new Set(['installing', 'starting', 'healthy', 'unhealthy']);

/** Its own blocks; else those of its targets, where each one that was asked has some; else what a look has found. */
export function outOf(berth: Berth, now: number): readonly (readonly [reason: string, Block])[] {
  const own = [...berth.blocks].filter(([, { until }]) => until > now);
  if (own.length > 0) return own;
  const each = asked(berth).map((target) => [...target.blocks(now)]);
  if (each.length > 0 && each.every((blocks) => blocks.length > 0)) return each.flat();
  return isOutOfReach(berth) ? [['unreachable', { until: Infinity, detail: unreached(berth) }]] : [];
}

function stateOf(berth: Berth, isOut: boolean): StandingState {
  const { process, look, dormant } = berth;
  if (process && process.state !== 'healthy') return process.state;
  if (dormant) return 'absent';
  if (isOut) return 'blocked';
  if (process) return 'healthy';
  const targets = asked(berth);
  if (targets.some(isWell)) return 'available';
  if (look && targets.every(({ live }) => live.failedAt < look.at)) return 'available';
  return targets.some(({ live }) => live.failedAt > 0) ? 'unhealthy' : 'unknown';
}

const asked = ({ targets }: Berth): Target[] => [...targets].filter(({ live }) => live.begun > 0);

const isWell = ({ live }: Target): boolean => live.since !== undefined || live.reachedAt > live.failedAt;

/** Nothing was there for the last requests, or for the last look where no request came since. */
function isOutOfReach(berth: Berth): boolean {
  const targets = asked(berth);
  const { look, provider } = berth;
  // Without a path to look at only the next request can find out, and it is let through.
  if (provider.lookPath !== undefined && targets.length > 0 && targets.every(isUnreachable)) return true;
  return (
    look?.problem !== undefined &&
    targets.every(({ live }) => Math.max(live.reachedAt, live.failedAt) < look.at)
  );
}

const isUnreachable = ({ live }: Target): boolean => live.trouble?.unreachable === true;

const unreached = ({ provider: { name }, look }: Berth): string =>
  `it could not be reached${look?.problem ? `: ${look.problem}` : ''}; is it running, and is providers.${name}.baseUrl where it listens?`;
