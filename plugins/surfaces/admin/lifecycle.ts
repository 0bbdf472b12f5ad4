import { setTimeout as sleep } from 'node:timers/promises';
import type { Host, ManagedProcess, Upstream } from '../../../core/contracts/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { GatewayError } from '../../../core/errors.ts';
import { INSTALLED } from '../../../kits/process-kit/index.ts';
import type { Action as Done } from './answers/provider.ts';
import { processOf } from './process-of.ts';

/** ms that an answer waits for a start. The start continues after that: an installation may take minutes. */
const PATIENCE = 30_000;

const ACTIONS = {
  start: (process) => process.start('by request'),
  stop: (process) => process.stop('by request'),
  restart: (process) => process.restart('restart by request'),
  populate: (process) => process.install('by request'),
} satisfies Record<string, (process: ManagedProcess) => Promise<void>>;

type Action = keyof typeof ACTIONS;

/**
 * `POST /providers/{name}/start|stop|restart|populate`, `/providers/start-all|stop-all|populate-all`. A state that is
 * already reached is no error.
 */
export function lifecycle({ app, gateway }: Host): void {
  for (const action of Object.keys(ACTIONS) as Action[]) {
    app.post(`/providers/:name/${action}`, async (request): Promise<Unsent<Done>> => {
      const upstream = gateway.upstreams.named((request.params as { name: string }).name);
      await act(upstream, action);
      const { state, history } = upstream.process as ManagedProcess;
      const { name } = upstream.provider;
      const reason = (action === 'populate' && nothingMissing(upstream)) || history.at(-1)?.reason;
      return { provider: name, action, success: true, timestamp: now(), state, reason };
    });
  }
  for (const action of ['start', 'stop', 'populate'] as const) {
    app.post(`/providers/${action}-all`, async () => {
      // A last-resort provider need not run beside all others.
      const all = [...gateway.upstreams.values()].filter(
        ({ provider }) => provider.process && (action === 'stop' || !provider.lastResort),
      );
      const done = await Promise.allSettled(all.map((upstream) => act(upstream, action)));
      const named = done.map((one, at) => [all[at]!.provider.name, one] as const);
      const results = Object.fromEntries(named.map(([name, { status }]) => [name, status === 'fulfilled']));
      const errors = named.flatMap(([name, one]) =>
        one.status === 'rejected' ? [[name, (one.reason as Error).message] as const] : [],
      );
      return {
        action: `${action}-all`,
        results,
        successful: all.length - errors.length,
        total: all.length,
        timestamp: now(),
        errors: Object.fromEntries(errors),
        states: Object.fromEntries(
          all.flatMap(({ provider, process }) => (process ? [[provider.name, process.state] as const] : [])),
        ),
      };
    });
  }
}

/** Why an installation changed nothing; undefined where it has just run or still runs. */
function nothingMissing({ provider, process }: Upstream): string | undefined {
  if (!provider.process?.source) return 'there is nothing to fetch: it runs code that is already here';
  const { state, reason } = process!.history.at(-1)!;
  return state === 'installing' || reason === INSTALLED ? undefined : 'already up to date';
}

async function act(upstream: Upstream, action: Action): Promise<void> {
  const process = processOf(upstream, `there is nothing to ${action}`);
  const done = ACTIONS[action](process);
  const late = new AbortController();
  try {
    await Promise.race([done, sleep(PATIENCE, undefined, { signal: late.signal })]);
  } catch (error) {
    const was = GatewayError.from(error);
    // A later request for the opposite took precedence.
    if (action === 'stop' || !['stopping', 'stopped', 'absent'].includes(process.state)) throw was;
    if (!/was stopped before/.test(was.message)) throw was;
    throw new GatewayError('action_conflict', `${was.message}: meanwhile it was stopped`, {
      cause: was,
    });
  } finally {
    late.abort();
    done.catch(() => undefined);
  }
}

const now = (): number => Date.now() / 1000;
