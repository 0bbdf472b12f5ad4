/** What threads say to each other of requests. Times are ms since 1970: each thread has a clock of its own. */
import type { Attempt, Trace } from '../../core/contracts/index.ts';
import type { RefusalScope } from '../../core/failures/refusal-scope.ts';

/** `PROVIDER/MODEL`; where it takes any name, a line with the name follows. */
export type TargetName = string;

/** A request, as far as targets and strategies learn by it. */
export interface ToldRequest {
  readonly id: string;
  readonly startedEpochMs: number;
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  readonly candidates: readonly TargetName[];
}

/** A request has begun. */
export interface ToldBegin extends ToldRequest {
  readonly trace: Pick<Trace, 'startedEpochMs' | 'key' | 'route' | 'strategy'>;
  readonly from: string;
}

/** A request is sent to a target. */
export interface ToldSend {
  readonly id: string;
  readonly target: TargetName;
  /** It has failed lately: others are to know that it is tried. */
  readonly isWatched: boolean;
}

/** An attempt has ended. */
export interface ToldAttempt {
  readonly request: ToldRequest;
  readonly target: TargetName;
  readonly attempt: Omit<Attempt, 'target'>;
  readonly isRefused: boolean;
  readonly scope: Omit<RefusalScope, 'key'> | undefined;
  /** which of the provider's keys was refused */
  readonly nthKey: number | undefined;
}

/** A request has ended. What was not told of its attempts before is in it. */
export interface ToldEnd {
  readonly id: string;
  readonly trace: Omit<Trace, 'candidates' | 'attempts'>;
  readonly attempts: readonly Pick<ToldAttempt, 'target' | 'attempt' | 'isRefused'>[];
}
