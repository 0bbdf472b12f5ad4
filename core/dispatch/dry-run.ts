import { selectTarget } from './select-target.ts';
import type { SelectDeps } from './select-target.ts';
import type {
  Call,
  Context,
  Dialect,
  ManagedProcess,
  Route,
  Target,
  Timeouts,
  TraceNote,
} from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';
import { ClientDisconnect } from '../request/client-disconnect.ts';

/** What would become of a request that came now. */
export interface DryRun {
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
export async function dryRun(
  { route, call, dialect, log }: Pick<Context, 'call' | 'dialect' | 'log'> & { route: Route },
  gateway: SelectDeps,
): Promise<DryRun> {
  const context = contextOf(route, call, dialect, log);
  const open = route.targets.filter((target) => target.blocks(gateway.now()).size === 0);
  if (open.length > 0 && open.every(({ isFull: full }) => full)) {
    const names = [...new Set(open.map(({ provider }) => provider.name))].join(', ');
    return { notes: [], waits: `room at ${names}` };
  }
  try {
    const pick = await selectTarget(context, [], noTime, {
      ...gateway,
      process: (target) => still(target, gateway),
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
function still(target: Target, gateway: SelectDeps): ManagedProcess | undefined {
  const process = gateway.process(target);
  if (!process) return undefined;
  const { startsOnDemand: wakes, isLeaving, state, history, retryAt = 0 } = process;
  const { name } = target.provider;
  const ready = async (signal: AbortSignal): Promise<void> => {
    if (!wakes) return process.ready(signal);
    if (state !== 'backoff' && gateway.now() < retryAt)
      throw new GatewayError('process_failed', `${name}: ${history.at(-1)?.reason}`);
    throw new Waits(`${name} to be ready (it is ${state})`);
  };
  return { startsOnDemand: wakes, isLeaving, state, ready } as ManagedProcess;
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
    disconnect: new ClientDisconnect(),
    log,
    startedMs: performance.now(),
    callerTimeoutMs: Infinity,
  };
}
