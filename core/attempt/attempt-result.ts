import type {
  Attempt,
  Context,
  DeadlineTimer,
  Ending,
  Formats,
  Sink,
  Target,
  Timeouts,
  Transport,
  UpstreamRequest,
} from '../contracts/index.ts';
import type { GatewayError } from '../errors.ts';
import type { Refusal } from '../failures/refusal.ts';
import type { RefusalScope } from '../failures/refusal-scope.ts';

/** What one attempt needs of the gateway. */
export interface AttemptDeps {
  readonly transport: Transport;
  readonly clock: DeadlineTimer;
  readonly formats: Formats;
  readonly limits: { readonly event: number; readonly answer: number };
  readonly now: () => number;
  readonly date: () => number;
  readonly closing: boolean;
  readonly events: { readonly send: Sent };
}

/** Tells plugins of a request that is about to be sent. */
interface Sent {
  emit(request: UpstreamRequest, attempt: Attempt, context: Context): void;
}

/** One attempt to be made. */
export interface AttemptSpec {
  readonly context: Context;
  readonly target: Target;
  readonly timeouts: Timeouts;
  readonly sink: Sink;
  readonly gateway: AttemptDeps;
  /** Takes its result, before the next request takes its slot. */
  readonly ended: (sent: AttemptResult) => void;
}

/** How an attempt ended, with what the final response needs when no other attempt follows. */
export interface AttemptResult {
  readonly attempt: Attempt;
  readonly error?: GatewayError;
  readonly refusal?: Refusal;
  /** what that refusal concerns */
  readonly refusalScope?: RefusalScope | undefined;
  readonly ending?: Ending;
  /** It only refused this, which need not be sent: it is asked again without that, and nothing else is learned from it. */
  readonly refused?: string | undefined;
}
