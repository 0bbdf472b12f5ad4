import type { Call } from './call.ts';
import type { Dialect } from './dialect.ts';
import type { Rules } from './model-schema.ts';
import type { TargetConfig } from './settings.ts';
import type { Target } from './target.ts';
import type { Timeouts } from './timeouts.ts';
import type { Attempt, Trace, Usage } from './trace.ts';
import type { FastifyBaseLogger } from 'fastify';

/** One request to the gateway, from understood until its last byte is out. */
export interface Context {
  readonly id: string;
  readonly call: Call;
  readonly dialect: Dialect;
  /** the key that it came with; undefined: the gateway asks for none, or the request is its own */
  readonly caller?: Caller | undefined;
  /** as the caller's key has counted it, once that is done */
  ticket?: Ticket | undefined;
  readonly route: Route;
  readonly trace: Trace;
  readonly timeouts: Timeouts;
  /** whether the client has disconnected; `disconnect.signal` ends every wait */
  readonly disconnect: ClientDisconnect;
  readonly log: FastifyBaseLogger;
  /** When it came, on the clock of `performance.now()`. */
  readonly startedMs: number;
  /** the caller's own timeout, in ms since then; Infinity: none is known */
  readonly callerTimeoutMs: number;
  /** attempts that were already in flight for it when this one began */
  readonly inflightBefore?: number;
  /** Sends its answer, where one is kept: no target is asked. */
  readonly kept?: (sink: Sink) => void;
  /** It fell back to another model: the route that was asked for, and the names that were tried since. */
  readonly fellBack?: { readonly from: Route; readonly tried: readonly string[] };
}

/** The key that a request came with: what it may ask for, and how much. */
export interface Caller {
  /** stays when its name is changed, and is never given to another key */
  readonly id: string;
  /** the name of the key, which does not reveal the key */
  readonly name: string;
  /** Whether it may ask for that name. @param model '': the request names none */
  allowsModel(model: string): boolean;
  /** Whether it may be answered by a provider; absent: by any. */
  readonly allowsProvider?: ((provider: string) => boolean) | undefined;
  /**
   * Counts a request, before a provider is asked. A promise only where what is counted is kept elsewhere.
   * @throws GatewayError `rate_limited`, also as a rejection
   */
  begin(work: Work): Ticket | Promise<Ticket>;
}

/** A request of a caller while it runs. */
export interface Work {
  readonly call: Call;
  /** absent: no model is asked */
  readonly trace?: Trace;
  /** Ends it; its client is told why. */
  end(error: Error): void;
}

/** A request that was counted. */
export interface Ticket {
  /**
   * Counts an attempt, before it is sent: what depends on the target. A promise only where that is not known at once.
   * @throws GatewayError `rate_limited`, `budget_spent`, also as a rejection: another target may be asked
   */
  admit(target: Target, call: Call): Promise<void> | void;
  /** Adds to an answer how much is left of limits. @param target that answers; undefined: none does */
  addTo(headers: AnswerHeaders, target?: Target, usage?: Usage): void;
  /** Counts what a session has used until now. @throws GatewayError `rate_limited`, `budget_spent` where that is too much */
  usedSoFar?(usage: Usage): void;
  /**
   * The request is over. @param trace absent: no model was asked, and no token is known
   * @returns what each of its attempts has cost in dollars; null: that is not known
   */
  over(trace?: Trace): readonly (number | null | undefined)[] | undefined;
}

/** An attempt under way. */
export interface Interruptible {
  /** The client has disconnected. */
  leave(): void;
  /** The gateway ends it, and the client is told why. */
  interrupt(error: Error): void;
}

/** Whether the client has disconnected. */
export interface ClientDisconnect {
  readonly disconnected: boolean;
  /** why the gateway itself ended the request, which counts as disconnected then */
  readonly error: Error | undefined;
  /** Sets the attempt under way, which is told before any other listener; undefined: there is none. */
  during(attempt: Interruptible | undefined): void;
  /** Ends the request although its client is there, which is told why. */
  end(error: Error): void;
  /** the client's address */
  readonly from: string;
  /** made on first use, as most requests end without one */
  readonly signal: AbortSignal;
  /** The request is over: what becomes of its connection from here on does not count. */
  over(): void;
}

export type AnswerHeaders = Record<string, string | string[] | number>;

/** Where an answer goes: a head once, bytes, and then either an end or a visible break. */
export interface Sink {
  /** Something of an answer has reached the client: nothing can be tried again. */
  readonly committed: boolean;
  /** A stream has begun for a client that waits, and nothing of an answer is in it. Absent: that is never done here. */
  readonly isWaiting?: boolean;
  /** The client has gone. */
  readonly closed: boolean;
  /** Shows each piece of a body that is written, before it is framed. Absent: this sink cannot be observed. */
  observe?(observer: (bytes: Buffer) => void): void;
  /** A whole answer at once. */
  whole(status: number, headers: AnswerHeaders, body: Buffer): void;
  head(status: number, headers: AnswerHeaders): void;
  /** @returns false when the client reads slower than this is written: wait for `drained` */
  write(bytes: Buffer): boolean;
  end(): void;
  /** Ends so that the client sees that it was not the end. */
  break(): void;
  drained(callback: () => void): void;
}

/** A public model name, the targets that can answer for it, and the strategy that picks among them. */
export interface Route {
  readonly name: string;
  readonly targets: readonly Target[];
  /** those that have the caller's own API, where others need a translation; absent: they are all alike */
  readonly native?: readonly Target[] | undefined;
  /** those that take thoughts back that a vendor's models have signed, where others do not */
  readonly families?: readonly SignedBy[] | undefined;
  /** what the operator wants of each request, by its entry in the config */
  readonly rules?: Rules | undefined;
  /** what becomes of a member that a translation cannot express; absent: it is refused */
  readonly untranslatable?: 'refuse' | 'drop' | undefined;
  readonly strategyName: string;
  readonly strategy: Strategy;
  readonly timeouts: Partial<Timeouts>;
  /** Asked for by `?provider=NAME`. */
  readonly pinned?: string;
  /** other models' names: for when no target here can answer, and for when the request is too long for this model */
  readonly fallbacks?: readonly string[] | undefined;
  readonly contextFallbacks?: readonly string[] | undefined;
}

/** Targets whose models sign their thoughts, and what such a thought has in it. */
export interface SignedBy {
  readonly signature: string;
  readonly targets: readonly Target[];
}

/** Picks one of the candidates; none is blocked and each has a free slot. */
export interface Strategy {
  readonly pick: (candidates: readonly Target[], context: Context) => Target | undefined;
  /** The pick it would make, without changing anything. Absent: `pick` itself changes nothing. */
  readonly peek?: Strategy['pick'];
  readonly learn?: (attempt: Attempt, context: Context) => void;
  /** Its route is forgotten; requests under way may still ask it. */
  readonly close?: () => void;
}

/** Which targets can answer for a model's name. */
export interface Candidates {
  /** By the config, else those that are known to have the name, else those that may have it. */
  named(model: string): Target[];
  /** Those that are known to have that name; a last resort only where no other has it. */
  knowing(model: string): Target[];
  /** The target that an entry of `models.NAME.targets` means. */
  configured(model: string, entry: TargetConfig): Target;
  /** Targets that are known to have a name: none is guessed. @param pin only this provider */
  having(model: string, pin?: string): Target[];
  /** Every public name with the provider that it belongs to. @param pin only this provider */
  names(pin?: string): Map<string, string>;
}
