import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Failure } from './fail.ts';
import type { Gateway } from './gateway.ts';
import type { Result } from './results.ts';

export type Action = 'start' | 'stop' | 'restart' | 'populate';

/** A provider as the API describes it, reduced to what a program has. */
export interface Listed {
  readonly name: string;
  readonly state: string;
  readonly dormant: boolean;
  readonly lastResort: boolean;
  readonly process?: {
    readonly reason: string;
    readonly progress: { readonly line: string } | null;
    readonly notes: Notes;
  };
}

/** What a person should know of a program before it is installed. */
export interface Notes {
  readonly licence?: string;
  readonly writes: readonly string[];
  readonly risks: readonly string[];
}

interface Acting {
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

/** ms between two polls */
const LOOK = 300;

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
  const look = () => gateway.ask<Listed>('GET', path, undefined, { signal });
  const over = new AbortController();
  const watching = watch(look, tell, AbortSignal.any([signal, over.signal]));
  try {
    const { reason } = await gateway.ask<{ reason: string }>('POST', `${path}/${action}`, undefined, {
      signal,
    });
    const { state, process } = await settled(action, look, signal);
    const ok = REACHED[action].has(state);
    return { provider: name, ok, state, detail: PASSING.has(state) || ok ? reason : (process?.reason ?? '') };
  } catch (error) {
    if (!(error instanceof Failure) || error.exit === EXIT.unreachable) throw error;
    const state = await look().then(
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
async function settled(action: Action, look: () => Promise<Listed>, signal: AbortSignal): Promise<Listed> {
  for (;;) {
    const listed = await look();
    if (REACHED[action].has(listed.state) || !PASSING.has(listed.state)) return listed;
    await sleep(LOOK, undefined, { signal });
  }
}

async function watch(
  look: () => Promise<Listed>,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(LOOK, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const line = await look().then(
      ({ process }) => process?.progress?.line,
      () => undefined,
    );
    if (line !== undefined) tell(line);
  }
}
