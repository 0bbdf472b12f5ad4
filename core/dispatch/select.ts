import { nearest } from './nearest.ts';
import { noTarget, reasonsAgainst, restsTooLong } from './no-target.ts';
import type { Context, ManagedProcess, Route, Target, Timeouts, TraceNote } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';
import { capToCaller, remaining } from '../timeouts/caller-deadline.ts';
import { isGuess, isLastChance, isOpen } from '../upstreams/availability.ts';

/** What selecting needs of the gateway. */
export interface SelectDeps {
  readonly now: () => number;
  readonly process: (target: Target) => ManagedProcess | undefined;
  readonly timeouts: (route: Route, target: Target | undefined, stream: boolean) => Timeouts;
}

/** What selecting reads of a request. */
export type Request = Pick<Context, 'call' | 'callerTimeoutMs' | 'route' | 'startedMs'>;

/** The results of waiting since the last attempt. */
export interface Waited {
  /** local processes that could not be started, and why */
  readonly refused: ReadonlyMap<Target, GatewayError>;
  /** No slot came free in time, or the queue was full: only a process that is started can help then. */
  readonly noSlot?: GatewayError | undefined;
  /** The wait for a process was as long as it may be. */
  readonly gaveUp?: GatewayError | undefined;
}

export const NOT_WAITED: Waited = { refused: new Map() };

export type Note = Omit<TraceNote, 'atUs'>;

/** What a request does next before an attempt. `notes` are for its trace. */
export type Selection =
  /** The strategy picks among these; absent: among all of the route. */
  | { readonly kind: 'pick'; readonly among?: readonly Target[]; readonly notes: readonly Note[] }
  | Wait
  /** No target is left; `error` says why, and is absent where all were tried. */
  | { readonly kind: 'none'; readonly error?: GatewayError; readonly notes: readonly Note[] };

export type Wait =
  /** All of these are full: the first free slot of any. */
  | { readonly kind: 'wait for a slot'; readonly targets: readonly Target[]; readonly notes: readonly Note[] }
  /** No other can be asked: this one's process is started, and `others` may be back before it is ready. */
  | {
      readonly kind: 'wait for a process';
      readonly target: Target;
      readonly process: ManagedProcess;
      readonly others: readonly Target[];
      readonly notes: readonly Note[];
    };

/** The common case: all targets are available. */
const ALL: Selection = { kind: 'pick', notes: [] };

/**
 * Which targets may be picked now, or what to wait for, or why there is none. It sends, starts and waits for nothing.
 * @param tried targets that are not asked again
 * @param remainingMs until the caller gives up
 */
export function select(
  request: Request,
  tried: readonly Target[],
  waited: Waited,
  gateway: Omit<SelectDeps, 'now'>,
  now: number,
  remainingMs: number,
): Selection {
  const { targets, pinned } = request.route;
  if (tried.length === 0 && areAllAvailable(targets, now)) return amongAll(request);
  const untried = targets.filter((target) => !tried.includes(target));
  const notes: Note[] = [];
  if (untried.length === 0) return { kind: 'none', notes };
  if (waited.gaveUp) return { kind: 'none', error: waited.gaveUp, notes };

  const open = untried.filter((target) => isOpen(target, now));
  if (open.length < untried.length) notes.push({ out: reasonsAgainst(untried, now) });
  if (tried.length === 0 && pinned === undefined) open.push(...overEjected(targets, open, now, notes));
  const free = withoutProbed(open.filter(hasSlot), now, notes);
  if (free.length > 0)
    return { kind: 'pick', among: nearest(request, tried.length > 0 ? surest(free, now) : free), notes };
  if (open.length > 0 && !waited.noSlot) return { kind: 'wait for a slot', targets: open, notes };

  const asleep = untried.filter((target) => target.availability(now) === 'asleep' && gateway.process(target));
  const refusals = new Map(
    asleep.map((target) => [target, refusalOf(target, request, waited, gateway, now, remainingMs)]),
  );
  const target = firstToStart(
    asleep.filter((one) => !refusals.get(one)),
    gateway,
  );
  if (target) {
    const process = gateway.process(target) as ManagedProcess;
    const others = untried.filter((one) => one !== target);
    return { kind: 'wait for a process', target, process, others, notes };
  }
  if (waited.noSlot) return { kind: 'none', error: waited.noSlot, notes };

  const last = untried.filter((one) => isLastChance(one, now, pinned !== undefined));
  const among = last.filter(hasSlot);
  if (among.length > 0) {
    const remark =
      pinned === undefined
        ? 'all others are blocked: health is ignored'
        : 'its pause is a guess: it is ignored';
    return { kind: 'pick', among: nearest(request, among), notes: [...notes, { remark }] };
  }
  if (last.length > 0) return { kind: 'wait for a slot', targets: last, notes };
  const [refusal] = refusals.values();
  return { kind: 'none', error: refusal ?? noTarget(request, untried, now), notes };
}

/** The deadlines that hold for a target, none longer than its caller waits. */
export function timeoutsOf(
  request: Request,
  target: Target,
  { timeouts }: Pick<SelectDeps, 'timeouts'>,
  remainingMs = remaining(request),
): Timeouts {
  return capToCaller(timeouts(request.route, target, request.call.stream), request, remainingMs);
}

function areAllAvailable(targets: readonly Target[], now: number): boolean {
  for (const target of targets) if (target.availability(now) !== 'available') return false;
  return targets.length > 0;
}

function amongAll(request: Request): Selection {
  const among = nearest(request, request.route.targets);
  return among === request.route.targets ? ALL : { kind: 'pick', among, notes: [] };
}

const hasSlot = ({ isFull }: Target): boolean => !isFull;

/** After a failed attempt, targets that are well if there are any: they cost no retry budget. */
function surest(free: readonly Target[], now: number): readonly Target[] {
  const well = free.filter((target) => target.isWell(now));
  return well.length > 0 ? well : free;
}

/** One that has failed lately is left to the request that probes it, where another target has a slot. */
function withoutProbed(free: readonly Target[], now: number, notes: Note[]): readonly Target[] {
  const others = free.filter((target) => !target.isProbing(now));
  if (others.length === 0 || others.length === free.length) return free;
  const names = free.filter((target) => target.isProbing(now)).map(({ id }) => id);
  notes.push({ remark: `half-open, one trial request at a time: ${names.join(', ')}` });
  return others;
}

/**
 * Where more than half of a route's targets are blocked on guesses, the rest must not be given more than it can take:
 * once each of them is full or has failed lately, health is ignored, but for targets that could not even be reached. A
 * request that fails so is answered by one that is well.
 */
function overEjected(
  targets: readonly Target[],
  open: readonly Target[],
  now: number,
  notes: Note[],
): readonly Target[] {
  const ejected = targets.filter((target) => isGuess(target, now));
  if (ejected.length * 2 <= targets.length || ejected.length === targets.length) return [];
  const strained = open.every((target) => target.isFull || target.hasFailedLately);
  const back = strained ? ejected.filter(({ isUnreachable }) => !isUnreachable) : [];
  const what = back.length > 0 ? 'so that is ignored' : 'the others have enough capacity';
  notes.push({ remark: `more than half of the targets are blocked for their health, ${what}` });
  return back;
}

/** Why a process cannot be started, as far as that is known without waiting. */
function refusalOf(
  target: Target,
  request: Request,
  { refused }: Waited,
  gateway: Omit<SelectDeps, 'now'>,
  now: number,
  remainingMs: number,
): GatewayError | undefined {
  const process = gateway.process(target) as ManagedProcess;
  const known = refused.get(target) ?? process.refusal;
  if (known) return GatewayError.from(known);
  const restMs = (process.restartsAtMs ?? now) - now;
  return restMs > 0 && restMs > timeoutsOf(request, target, gateway, remainingMs).queue
    ? restsTooLong(target, process, restMs)
    : undefined;
}

/** The process to start: one that requests may start, preferably one that is not stopping. */
function firstToStart(asleep: readonly Target[], gateway: Pick<SelectDeps, 'process'>): Target | undefined {
  const starting = asleep.filter((target) => gateway.process(target)!.startsOnDemand);
  return starting.find((target) => !gateway.process(target)!.isStopping) ?? starting[0] ?? asleep[0];
}
