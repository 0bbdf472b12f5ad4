import { setTimeout as sleep } from 'node:timers/promises';
import type { Action as Done, Provider } from './answers.ts';
import { EXIT, Failure } from './fail.ts';
import type { Gateway } from './gateway.ts';
import type { Result } from './results.ts';

export type Action = 'start' | 'stop' | 'restart' | 'populate';

interface Acting {
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

/** ms between two polls */
const POLL_EVERY = 300;

/** States that lead to another by themselves. */
const PASSING = new Set(['installing', 'starting', 'stopping']);
/** States in which an action's goal is reached. */
const REACHED: Readonly<Record<Action, ReadonlySet<string>>> = {
  start: new Set(['healthy', 'unhealthy']),
  restart: new Set(['healthy', 'unhealthy']),
  stop: new Set(['stopped', 'absent']),
  populate: new Set(['stopped', 'healthy', 'unhealthy', 'starting', 'backoff']),
};

/** Acts on one provider of a running gateway, and waits for the result however long it takes. */
export async function act(
  gateway: Gateway,
  action: Action,
  name: string,
  { signal, tell }: Acting,
): Promise<Result> {
  const path = `/providers/${encodeURIComponent(name)}`;
  const ask = () => gateway.ask<Provider>('GET', path, undefined, { signal });
  const over = new AbortController();
  const watching = watch(ask, tell, AbortSignal.any([signal, over.signal]));
  try {
    const { reason = '' } = await gateway.ask<Done>('POST', `${path}/${action}`, undefined, {
      signal,
    });
    const { state, process } = await settled(action, ask, signal);
    const ok = REACHED[action].has(state);
    return { provider: name, ok, state, detail: PASSING.has(state) || ok ? reason : (process?.reason ?? '') };
  } catch (error) {
    if (!(error instanceof Failure) || error.exit === EXIT.unreachable) throw error;
    const state = await ask().then(
      (listed) => listed.state,
      () => '-',
    );
    return { provider: name, ok: false, state, detail: error.message };
  } finally {
    over.abort();
    await watching;
  }
}

/** The gateway answers after a while even if the action goes on. */
async function settled(action: Action, ask: () => Promise<Provider>, signal: AbortSignal): Promise<Provider> {
  for (;;) {
    const listed = await ask();
    if (REACHED[action].has(listed.state) || !PASSING.has(listed.state)) return listed;
    await sleep(POLL_EVERY, undefined, { signal });
  }
}

async function watch(
  ask: () => Promise<Provider>,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(POLL_EVERY, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const line = await ask().then(
      ({ process }) => process?.progress?.line,
      () => undefined,
    );
    if (line !== undefined) tell(line);
  }
}
