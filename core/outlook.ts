import { choose } from './choose.ts';
import type { Choosing } from './choose.ts';
import type { Call, Context, Dialect, Route, Target, Timeouts, TraceNote } from './contracts.ts';
import { GatewayError } from './errors.ts';
import { Leaving } from './leaving.ts';
import type { Supervised } from './supervisor/supervised.ts';

/** What would become of a request that came now. */
export interface Outlook {
  readonly notes: readonly TraceNote[];
  /** who would be asked first */
  readonly pick?: Target;
  /** what it would wait for before anybody is asked */
  readonly waits?: string;
  /** what it would be told */
  readonly error?: GatewayError;
}

const NO_TIME = {} as Timeouts;
/** Nobody stands in a line to see how long it is. */
const noTime = ({ provider }: Target): Timeouts =>
  ({
    get queue(): never {
      throw new Waits(`room at ${provider.name}`);
    },
  }) as unknown as Timeouts;

/** Chooses as a real request would, but nothing is sent, started or waited for, and no strategy moves on. */
export async function outlook(
  { route, call, dialect, log }: Pick<Context, 'call' | 'dialect' | 'log'> & { route: Route },
  house: Choosing,
): Promise<Outlook> {
  const context = contextOf(route, call, dialect, log);
  const open = route.targets.filter((target) => target.blocks(house.now()).size === 0);
  if (open.length > 0 && open.every(({ full }) => full)) {
    const names = [...new Set(open.map(({ provider }) => provider.name))].join(', ');
    return { notes: [], waits: `room at ${names}` };
  }
  try {
    const pick = await choose(context, [], noTime, {
      ...house,
      process: (target) => still(target, house),
    });
    return { notes: context.trace.notes, ...(pick ? { pick } : {}) };
  } catch (error) {
    const [waits] = error instanceof Waits ? [error.message] : [];
    const { notes } = context.trace;
    // Whoever sleeps was only looked at: it did not wait.
    return waits === undefined
      ? { notes, error: GatewayError.from(error) }
      : { notes: notes.filter(({ waited }) => waited === undefined), waits };
  }
}

/** What a real request would wait for. */
class Waits extends Error {}

/** The process as it is, less that asking for it would start it. */
function still(target: Target, house: Choosing): Supervised | undefined {
  const process = house.process(target);
  if (!process) return undefined;
  const { wakes, isLeaving, state, history, retryAt = 0 } = process;
  const { name } = target.provider;
  const ready = async (signal: AbortSignal): Promise<void> => {
    if (!wakes) return process.ready(signal);
    if (state !== 'backoff' && house.now() < retryAt)
      throw new GatewayError('process_failed', `${name}: ${history.at(-1)?.reason}`);
    throw new Waits(`${name} to be ready (it is ${state})`);
  };
  return { wakes, isLeaving, state, ready } as Supervised;
}

function contextOf(route: Route, call: Call, dialect: Dialect, log: Context['log']): Context {
  const { strategy } = route;
  const looking = { ...route, strategy: { pick: strategy.peek ?? strategy.pick } };
  const trace = { notes: [], attempts: [] } as unknown as Context['trace'];
  return {
    id: 'outlook',
    call,
    dialect,
    route: looking,
    trace,
    timeouts: NO_TIME,
    leaving: new Leaving(),
    log,
    started: performance.now(),
    patience: Infinity,
  };
}
