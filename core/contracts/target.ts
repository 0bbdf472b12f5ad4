/** A provider × one of its models, with its live numbers: what strategies pick among. */
import type { Provider } from './provider.ts';

export interface Target {
  /** `provider/model` */
  readonly id: string;
  readonly provider: Provider;
  /** the provider's own name of the model; '*': the name the caller asked for */
  readonly model: string;
  /** the name that it is asked for: its model's, or one that its provider is not known to have */
  readonly name: string;
  /** as operators name it: `provider/name` */
  readonly label: string;
  /** the target that takes any name, where this is one of its names */
  readonly through: Target | undefined;
  /** the names that are asked through it, where it takes any */
  readonly names: AskedNames | undefined;
  /** its share of a route among equals */
  readonly weight: number;
  /** Whether the config says its weight. */
  readonly weighted: boolean;
  /** lower first, for strategies that use it */
  readonly priority: number;
  /** shared by all targets of a provider that takes a limited number of requests at once */
  readonly concurrency: ConcurrencyLimit | undefined;
  /** shared by the routes that this provider and model have a part in */
  readonly stats: TargetStats;
  /** APIs that its provider was seen to lack */
  readonly missing: MissingSurfaces;
  /** all targets of its provider that there are by now */
  readonly siblings: () => Iterable<Target>;
  /** requests whose answer's body has not ended, of other gateways too where they are known */
  readonly inflight: number;
  /** running average of whole answers, ms */
  readonly latencyMs: number;
  /** running average until the first content, ms */
  readonly ttftMs: number;
  /** running share of attempts that failed, 0 to 1 */
  readonly errorRate: number;
  /** its provider has no free slot */
  readonly isFull: boolean;
  /** It has failed lately, or its provider has. */
  readonly hasFailedLately: boolean;
  readonly isUnreachable: boolean;
  /** Other requests than the one under way go elsewhere if they can. */
  isProbing(now: number): boolean;
  /** Nothing is against it, and it has not failed lately. */
  isWell(now: number): boolean;
  /** Whether it can be asked now, and what kind of reason is against it: the one rule, which all that pick go by. */
  availability(now: number): Availability;
  /** Reasons that hold now, the provider's among them. Reading them changes nothing. */
  blocks(now: number): ReadonlyMap<string, Block>;
  /**
   * Takes the target out for a reason of its own, so that causes never overwrite each other.
   * @param untilMs ms on the gateway's clock after which the reason lapses by itself
   * @param guess the reason is a guess: it is asked when no other target is left
   */
  block(reason: string, untilMs?: number, detail?: string, guess?: boolean): void;
  unblock(reason: string): void;
  /** Reasons that hold no more are forgotten, those of its provider among them. */
  dropLapsed(now: number): void;
  /** Takes all targets of its provider out, as `block` does this one. */
  blockProvider(reason: string, untilMs: number, detail: string, guess?: boolean): void;
  /** Takes out all models of its provider that share a quota, those first asked for later among them. */
  blockPool(pool: Pool, now: number): void;
  /**
   * Forgets what was learned against it and its provider: the next request finds out again.
   * @returns the other targets that were blocked for a quota that they share with it, and are free again
   */
  reset(): Target[];
  /** The same target with another part to play in a route. */
  as(part: { weight?: number | undefined; priority?: number | undefined }): Target;
}

/** Whether a target can be asked. What is against it in detail: `blocks`. */
export type Availability =
  | 'available'
  /** one request finds out how it is: others go elsewhere if they can */
  | 'probing'
  /** no slot is free */
  | 'full'
  /** it was used up, and how long that lasts is a guess: asked where no other is left, by name too */
  | 'paused'
  /** all that is against it is a guess, about its health or its key: asked where no other is left */
  | 'doubtful'
  /** its process does not run, and nothing else is certain: asked once that has been started */
  | 'asleep'
  /** not asked */
  | 'blocked';

/** Names that a provider is asked for without being known to have them: bounded, each a target of its own. */
export interface AskedNames {
  readonly kept: Iterable<Target>;
  of(name: string): Target;
  find(name: string): Target | undefined;
}

export interface Block {
  /** ms on the gateway's clock */
  readonly untilMs: number;
  readonly detail: string;
  readonly guess?: boolean;
  /** the quota that it shares, where that is why */
  readonly pool?: Pool;
}

export type Blocks = Map<string, Block>;

/** A quota that is used up, and the models that share it; undefined: all of the provider's. */
export interface Pool {
  readonly models: RegExp | undefined;
  readonly untilMs: number;
  readonly detail: string;
  readonly guess?: boolean;
}

/** Live numbers and blocks of one provider's model. */
export interface TargetStats {
  readonly inflight: number;
  /** how many attempts there ever were */
  readonly begun: number;
  readonly latencyMs: number;
  readonly ttftMs: number;
  readonly errorRate: number;
  /** until the first content of streams, and until the whole of answers that are none */
  readonly content: LatencyEwma;
  readonly whole: LatencyEwma;
  /** when it began to answer well, on the gateway's clock, ms; undefined: it does not, or it is not known yet */
  readonly wellSinceMs: number | undefined;
  /** when it last gave an answer of its own, a refusal among them, and when it last failed; 0: never */
  readonly reachedAtMs: number;
  readonly failedAtMs: number;
  readonly blocks: Blocks;
  readonly circuit: Circuit;
  readonly hasAnswered: boolean;
  begin(): void;
  end(): void;
  spoke(beganMs: number): void;
  /** ms of pause where its quota is used up and no time was given */
  pauseMs(now: number): number;
  /** What an ended attempt teaches; an answer that failed fast must not look fast. */
  learn(lesson: Lesson, now: number): void;
  /** It no longer answers well: when it does again it has a slow start. */
  markUnwell(): void;
  /** What is known of it no longer holds, until its next answer. */
  doubt(): void;
  /** What is known of it gets older. @param ms by how much */
  age(ms: number): void;
  /** All that was learned is forgotten. */
  reset(): void;
  /** Its process was started again: failures of the one before say nothing of this one. */
  renew(): void;
  /** What strategies go by is to be learned again. */
  forget(): void;
}

/** An ended attempt, times in ms since it began. */
export interface Lesson {
  /** 'refused': it said that the fault is the client's, which says nothing about itself */
  readonly outcome: 'answered' | 'failed' | 'left' | 'refused';
  readonly stream: boolean;
  readonly tookMs: number;
  readonly ttftMs: number | undefined;
}

/** 'half-open': one request is the trial, to come or under way; where it is under way the others go elsewhere. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** Whether requests go to a target, by its failures. What is open lapses by itself, and is half-open then. */
export interface Circuit {
  state(now: number): CircuitState;
  /** Failures are remembered: it is not well yet. */
  readonly hasFailed: boolean;
  /** It could not even be reached. */
  readonly isUnreachable: boolean;
  /** until when requests go elsewhere; kept after that until its trial begins; undefined: they do not */
  readonly untilMs: number | undefined;
  /** what moves it, and remembers its failures; undefined: nothing is remembered */
  readonly policy: CircuitPolicy | undefined;
  isProbing(now: number): boolean;
  /** Its failures are remembered from now on. */
  watchedBy(policy: CircuitPolicy): void;
  /** No request goes there until then, but where no other target is left. */
  open(untilMs: number, detail: string, isUnreachable?: boolean): void;
  /** The next request is the trial. @param isReached it can be reached again */
  halfOpen(isReached?: boolean): void;
  /** The trial is under way. */
  trial(untilMs: number, detail: string): void;
  /** One request finds out how it is. @param untilMs 0: that is known now */
  probe(untilMs: number): void;
  /** Requests go there again. */
  close(): void;
  /** Its failures are forgotten. */
  reset(): void;
}

/** What moves the circuit of a target that has failed. */
export interface CircuitPolicy {
  /** as which a target with an open circuit is shown to be blocked */
  readonly reason: string;
  /** An attempt begins. */
  began(): void;
  /** An attempt that began then, on the clock of `performance.now()`, has content; it has not ended yet. */
  spoke(beganMs: number): void;
}

/** A moving average of latencies that believes bad news at once and good news with time (peak EWMA). */
export interface LatencyEwma {
  /** ms; 0: nothing is known yet */
  readonly valueMs: number;
  /** ms that it took last */
  readonly lastMs: number;
  /** when there was news last, on the gateway's clock, ms */
  readonly atMs: number;
  /** the latest times as they were; collected from the first use on */
  readonly recent: LatencyWindow;
}

/** The latest times, for quantiles that follow what is going on. */
export interface LatencyWindow {
  readonly size: number;
  /** @param share 0.95: 95 % of the known times are no longer than the result @param now ms */
  quantile(share: number, now: number): number;
}

/** How many requests a provider takes at once, and a fair queue of callers that wait for a slot. */
export interface ConcurrencyLimit {
  readonly limit: number;
  readonly hasFreeSlot: boolean;
  readonly waiting: number;
  /** how many may wait */
  readonly longestQueue: number;
  readonly isQueueFull: boolean;
  /** Whether the queue takes one more of that caller. */
  admits(caller: string): boolean;
  acquire(): void;
  release(): void;
  /** Gateways share its slots; absent: threads do. @param changed gets how many are in use here @returns call it when more are granted */
  shareBy?(granted: () => number, changed: (used: number) => void): () => void;
  /**
   * Calls back once with a slot held for the caller, which must `claim` it. @returns leaves the queue
   * @param dropped is called instead where another's request takes this one's place in a full queue
   */
  wait(ready: (limit: ConcurrencyLimit) => void, caller?: string, dropped?: () => void): () => void;
  claim(): void;
}

export interface MissingSurface {
  readonly surface: string;
  readonly because: string;
}

/** The APIs that a provider was seen to lack, whatever it is said to have. */
export interface MissingSurfaces {
  readonly list: MissingSurface[];
  has(surface: string): boolean;
  learn(surface: string, because: string): void;
  /** It has it after all, or all of them are to be found out again. */
  forget(surface?: string): void;
}
