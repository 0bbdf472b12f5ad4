import type { Wires } from './call.ts';
import type { Clock } from './clock.ts';
import type { Attempt, Context, Ending, Target, Timeouts } from './contracts.ts';
import type { GatewayError } from './errors.ts';
import type { Refusal } from './relay/delivery.ts';
import type { Concern } from './scopes.ts';
import type { Sink } from './sink.ts';
import type { Transport } from './transport.ts';

/** What one attempt needs of the house. */
export interface Sending {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly wires: Wires;
  readonly limits: { readonly event: number; readonly answer: number };
  readonly now: () => number;
  readonly date: () => number;
  readonly closing: boolean;
}

/** One attempt to be made. */
export interface Assignment {
  readonly context: Context;
  readonly target: Target;
  readonly timeouts: Timeouts;
  readonly sink: Sink;
  readonly house: Sending;
  /** Told how it ended, before the next in line takes its place. */
  readonly ended: (sent: Sent) => void;
}

/** How an attempt ended, with what the last word to the client needs when no other attempt follows. */
export interface Sent {
  readonly attempt: Attempt;
  readonly error?: GatewayError;
  readonly refusal?: Refusal;
  /** what that refusal concerns */
  readonly concern?: Concern | undefined;
  readonly ending?: Ending;
  /** It only refused to count its stream for us: it is asked again without that, and nothing is learned from it. */
  readonly uncounted?: boolean;
}
