import { NOT_WAITED, select, type SelectDeps } from '../../core/dispatch/select.ts';
import { namesOf } from '../../core/dispatch/wait-for-slot.ts';
import type {
  Call,
  Context,
  Dialect,
  Route,
  Target,
  Timeouts,
  TraceNote,
} from '../../core/contracts/index.ts';
import type { GatewayError } from '../../core/errors.ts';
import { ClientDisconnect } from '../../core/request/client-disconnect.ts';
import { addNote } from '../../core/trace/note.ts';
import { freshTrace } from './context.ts';

/** What would become of a request that came now. */
export interface DryRun {
  readonly notes: readonly TraceNote[];
  /** the target that would be asked first */
  readonly pick?: Target;
  /** what it would wait for before any target is asked */
  readonly waits?: string;
  /** what it would be told */
  readonly error?: GatewayError;
}

/** Selects as a request does, but nothing is sent, started or waited for, and no strategy moves on. */
export function dryRun(
  { route, call, dialect, log }: Pick<Context, 'call' | 'dialect' | 'log'> & { route: Route },
  gateway: SelectDeps,
): DryRun {
  const context = contextOf(route, call, dialect, log, gateway);
  const selected = select(context, [], NOT_WAITED, gateway, gateway.now(), Infinity);
  for (const note of selected.notes) addNote(context, note);
  const outcome = (): Omit<DryRun, 'notes'> => {
    switch (selected.kind) {
      case 'pick':
        return { pick: peek(context, selected.among ?? route.targets) };
      case 'wait for a slot':
        return { waits: `a free slot at ${namesOf(selected.targets)}` };
      case 'wait for a process':
        return { waits: `${selected.target.provider.name} to be ready (it is ${selected.process.state})` };
      case 'none':
        return selected.error ? { error: selected.error } : {};
    }
  };
  const seen = outcome();
  return { ...seen, notes: context.trace.notes };
}

function peek(context: Context, among: readonly Target[]): Target {
  const { strategy } = context.route;
  return (strategy.peek ?? strategy.pick)(among, context) ?? (among[0] as Target);
}

/** The request that a strategy is given. */
function contextOf(
  route: Route,
  call: Call,
  dialect: Dialect,
  log: Context['log'],
  { timeouts, now }: SelectDeps,
): Context {
  return {
    id: 'dry-run',
    call,
    dialect,
    route,
    trace: freshTrace('dry-run', call, route),
    timeouts: timeouts(route, undefined, call.stream) satisfies Timeouts,
    disconnect: new ClientDisconnect(),
    log,
    startedMs: now(),
    callerTimeoutMs: Infinity,
  };
}
