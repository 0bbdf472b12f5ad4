import type { Statistics, StateChange } from '../../api/types.ts';
import { instant } from '../../format/time.ts';

export type Beat = 'well' | 'some' | 'bad' | 'idle' | 'off' | 'unknown';

export interface Minute {
  /** ms since 1970 */
  readonly at: number;
  readonly beat: Beat;
  readonly requests: number;
  readonly errors: number;
}

const DOWN: ReadonlySet<string> = new Set(['unhealthy', 'backoff', 'failed', 'blocked']);
const OFF: ReadonlySet<string> = new Set(['absent', 'stopped', 'stopping', 'installing', 'starting']);

interface Known {
  readonly series: Statistics['series'];
  /** newest first */
  readonly changes: readonly StateChange[];
  /** its current state */
  readonly state: string;
}

/** The last hour of a provider, minute by minute: its answers, or else its state. */
export function beats({ series, changes, state }: Known): readonly Minute[] {
  const states = changes.map((change) => ({ at: instant(change.at), state: change.state as string }));
  return series.map(({ at, requests, errors }, index) => {
    const begin = instant(at);
    const end = index + 1 < series.length ? instant(series[index + 1]!.at) : Number.POSITIVE_INFINITY;
    return { at: begin, requests, errors, beat: beatOf(requests, errors, statesIn(begin, end)) };
  });

  /** The states that it had within the minute. */
  function statesIn(begin: number, end: number): readonly string[] {
    const during = states.filter((change) => change.at >= begin && change.at < end);
    const before = states.find((change) => change.at < begin);
    const now = end === Number.POSITIVE_INFINITY ? [state] : [];
    return [...now, ...[...during, ...(before ? [before] : [])].map((change) => change.state)];
  }
}

function beatOf(requests: number, errors: number, states: readonly string[]): Beat {
  if (requests + errors > 0) {
    if (errors === 0) return 'well';
    return errors * 2 >= requests + errors ? 'bad' : 'some';
  }
  if (states.some((state) => DOWN.has(state))) return 'bad';
  if (states.some((state) => !OFF.has(state))) return 'idle';
  return states.length > 0 ? 'off' : 'unknown';
}
