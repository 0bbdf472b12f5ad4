import { ASLEEP, waitForProcess, isRefusal } from './wait-for-process.ts';
import { callerOf } from '../upstreams/queue-key.ts';
import type { ConcurrencyLimit, Context, ManagedProcess, Target, Timeouts } from '../contracts/index.ts';
import { elapsed } from '../trace/elapsed.ts';
import { GatewayError, meaningOf } from '../errors.ts';
import { clientLeft } from '../request/client-disconnect.ts';
import { addNote } from '../trace/note.ts';

export { clientLeft as left };

/** What choosing needs of the gateway. */
export interface SelectDeps {
  readonly now: () => number;
  readonly process: (target: Target) => ManagedProcess | undefined;
}

/** The pick where nothing stands in the way, which is nearly always; undefined: `choose` must look closer. */
export function pickAtOnce(context: Context, now: number): Target | undefined {
  const { targets, strategy } = context.route;
  for (const target of targets)
    if (target.isFull || target.isProbing(now) || target.blocks(now).size > 0) return undefined;
  return strategy.pick(targets, context) ?? targets[0];
}

/**
 * The target for the next attempt: the strategy's pick among those that are not out, have room and were not tried.
 * Waits for room, or for a process to come up, when there is nobody else.
 * @throws GatewayError saying who was out and why
 */
export async function selectTarget(
  context: Context,
  tried: readonly Target[],
  timeouts: (target: Target) => Timeouts,
  gateway: SelectDeps,
): Promise<Target | undefined> {
  const { targets, strategy, pinned } = context.route;
  const untried = tried.length === 0 ? targets : targets.filter((target) => !tried.includes(target));
  /** local processes that could not be had, and why */
  const refused = new Map<Target, GatewayError>();
  /** the line for room was full, or took too long: only a process that is woken can help then */
  let noRoom: GatewayError | undefined;
  const waitFor = async (some: readonly Target[]): Promise<void> => {
    const limit = Math.max(...some.map((target) => timeouts(target).queue));
    await room(context, some, limit).catch((error: unknown) => {
      if (!isNoRoom(error)) throw error;
      noRoom = error;
    });
  };
  for (;;) {
    if (untried.length === 0) return undefined;
    const now = gateway.now();
    const open = untried.filter((target) => target.blocks(now).size === 0);
    if (open.length < untried.length) noteOut(context, untried, now);
    if (tried.length === 0 && pinned === undefined) open.push(...overEjected(context, open, now));
    const roomy = withoutTried(
      context,
      open.filter((target) => !target.isFull),
      now,
    );
    if (roomy.length > 0)
      return strategy.pick(tried.length > 0 ? surest(roomy, now) : roomy, context) ?? roomy[0];
    if (open.length > 0 && !noRoom) {
      await waitFor(open);
      continue;
    }
    const sleepers = untried.filter(
      (target) =>
        !refused.has(target) && !open.includes(target) && isAsleep(target, now) && gateway.process(target),
    );
    const asleep = wakeFirst(sleepers, gateway);
    if (asleep) {
      const others = untried.filter((target) => target !== asleep);
      await waitForProcess(context, asleep, others, timeouts(asleep), gateway).catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
        refused.set(asleep, error);
      });
      continue;
    }
    if (noRoom) throw noRoom;
    const mayAsk = pinned === undefined ? onlyGuessed : onlyUsedUp;
    const doubtful = untried.filter((target) => mayAsk(target, now));
    const askable = doubtful.filter((target) => !target.isFull);
    if (askable.length > 0) {
      const remark =
        pinned === undefined
          ? 'all others are blocked: health is ignored'
          : 'its pause is a guess: it is ignored';
      addNote(context, { remark });
      return strategy.pick(askable, context) ?? askable[0];
    }
    if (doubtful.length > 0) {
      await waitFor(doubtful);
      continue;
    }
    const [refusal] = refused.values();
    throw refusal ?? allOut(context, untried, now);
  }
}

/** What has failed once goes to one that is well, where there is one: that is no gamble, and costs no retry budget. */
function surest(roomy: readonly Target[], now: number): readonly Target[] {
  const well = roomy.filter((target) => target.isWell(now));
  return well.length > 0 ? well : roomy;
}

/** Who has failed lately and is being tried is left to who tries, where somebody else has room. */
function withoutTried(context: Context, roomy: Target[], now: number): Target[] {
  const others = roomy.filter((target) => !target.isProbing(now));
  if (others.length === 0 || others.length === roomy.length) return roomy;
  const names = roomy.filter((target) => target.isProbing(now)).map(({ id }) => id);
  addNote(context, { remark: `after its failures left to one request at a time: ${names.join(', ')}` });
  return others;
}

/**
 * Where more than half of a route's targets are out on a guess about their health, the rest must not bear more than it
 * can: once each of them is full or has failed lately, health is ignored, but for those that could not even be reached.
 * Who fails so is answered by one that is well.
 */
function overEjected(context: Context, open: readonly Target[], now: number): Target[] {
  const { targets } = context.route;
  const ejected = targets.filter((target) => target.blocks(now).size > 0 && onlyGuessed(target, now));
  if (ejected.length * 2 <= targets.length || ejected.length === targets.length) return [];
  const strained = open.every((target) => target.isFull || target.isInTrouble);
  const back = strained ? ejected.filter(({ isUnreachable }) => !isUnreachable) : [];
  const what = back.length > 0 ? 'which is ignored' : 'and those left bear it';
  addNote(context, { remark: `more than half of the targets are blocked for their health, ${what}` });
  return back;
}

/** One that requests may wake, and rather one that is not just being stopped. */
function wakeFirst(sleepers: readonly Target[], { process }: SelectDeps): Target | undefined {
  const waking = sleepers.filter((target) => process(target)!.startsOnDemand);
  return waking.find((target) => !process(target)!.isLeaving) ?? waking[0] ?? sleepers[0];
}

/** Its process is not up, and nothing else is for certain: answers that died with it are no word against the next run. */
function isAsleep(target: Target, now: number): boolean {
  const blocks = [...target.blocks(now)];
  return (
    blocks.some(([reason]) => ASLEEP.has(reason)) &&
    blocks.every(([reason, { guess }]) => guess || ASLEEP.has(reason))
  );
}

/** Nothing but a guess about its health is against it. */
function onlyGuessed(target: Target, now: number): boolean {
  return [...target.blocks(now).values()].every(({ guess }) => guess);
}

/** It was used up and said no time: who asks for it by name may ask it for all that. */
function onlyUsedUp(target: Target, now: number): boolean {
  return [...target.blocks(now)].every(([reason, { guess }]) => guess && reason === 'quota');
}

/** Waits in line, in its caller's turn, until one of them has room, at most `limit` ms. */
async function room(context: Context, open: readonly Target[], limit: number): Promise<void> {
  const names = [...new Set(open.map(({ provider }) => provider.name))].join(', ');
  const caller = callerOf(context);
  const rooms = [...new Set(open.map((target) => target.concurrency as ConcurrencyLimit))].filter((one) =>
    one.admits(caller),
  );
  if (rooms.length === 0) throw queueFull(names);
  const since = elapsed(context);
  let lines = rooms.length;
  const handed = await withLimit<ConcurrencyLimit | 'dropped'>(
    context.disconnect.signal,
    limit,
    (resolve) => {
      const dropped = (): void => {
        if (--lines === 0) resolve('dropped');
      };
      const leave = rooms.map((one) => one.wait(resolve, caller, dropped));
      return () => leave.forEach((out) => out());
    },
  );
  addNote(context, { waited: `room at ${names}`, took: elapsed(context) - since }, since);
  if (handed === 'dropped') throw queueFull(names);
  if (handed === 'late') {
    throw new GatewayError('queue_timeout', `${names} had no room within ${limit} ms (timeouts.queue)`);
  }
  handed.claim();
}

function queueFull(names: string): GatewayError {
  return new GatewayError(
    'queue_full',
    `${names} already ${names.includes(',') ? 'have' : 'has'} as many requests waiting as may wait; come back in a moment`,
  );
}

const isNoRoom = (error: unknown): error is GatewayError =>
  error instanceof GatewayError && meaningOf(error.code).elsewhere;

/** A wait that ends by itself, by its limit, or with the client. */
function withLimit<T>(
  signal: AbortSignal,
  limit: number,
  begin: (resolve: (value: T) => void) => () => void,
): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', gone);
      leave();
    };
    const timer = setTimeout(() => (end(), resolve('late')), limit);
    const gone = () => (end(), reject(clientLeft()));
    const leave = begin((value) => (end(), resolve(value)));
    signal.addEventListener('abort', gone, { once: true });
  });
}

function noteOut(context: Context, targets: readonly Target[], now: number): void {
  const out: Record<string, string[]> = {};
  for (const target of targets) {
    const blocks = target.blocks(now);
    if (blocks.size > 0)
      out[target.id] = [...blocks].map(([reason, { detail }]) =>
        detail === '' ? reason : `${reason}: ${detail}`,
      );
  }
  addNote(context, { out });
}

function allOut(context: Context, targets: readonly Target[], now: number): GatewayError {
  const { pinned } = context.route;
  const reasons = targets.map(
    (target) =>
      `${target.id} is blocked (${[...target.blocks(now)].map(([reason, { detail }]) => detail || reason).join('; ')})`,
  );
  const back = Math.min(
    ...targets.map((target) => Math.max(...[...target.blocks(now).values()].map(({ until }) => until))),
  );
  const retry = Number.isFinite(back) ? { retryAfter: Math.max(1, Math.ceil((back - now) / 1000)) } : {};
  const isBusy = targets.every((target) => target.blocks(now).has('quota'));
  if (pinned !== undefined)
    return new GatewayError(isBusy ? 'upstream_busy' : 'provider_unavailable', reasons.join(', '), retry);
  if (isBusy) {
    return new GatewayError(
      'upstream_busy',
      `no provider can answer for '${context.call.model}' just now: ${reasons.join(', ')}`,
      retry,
    );
  }
  return new GatewayError(
    'no_target',
    `no provider can answer for '${context.call.model}': ${reasons.join(', ')}`,
    retry,
  );
}
