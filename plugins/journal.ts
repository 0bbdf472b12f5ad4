import type { Attempt, FeaturePlugin } from '../core/contracts/index.ts';

/** Process events that mean trouble. */
const TROUBLE: ReadonlySet<string> = new Set(['unhealthy', 'backoff', 'failed']);

/**
 * One log line for each request that met a detour: which targets failed, why, and how it ended. And one for each
 * failure of a local process.
 */
export default {
  name: 'journal',
  inEachThread: false,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { events, log }) {
    events.onEnd(({ trace }) => {
      const { id, model, attempts, ending, status, error, endedUs: after = 0 } = trace;
      const failed = attempts.filter(({ outcome }) => outcome === 'failed');
      if (failed.length === 0 && ending !== 'refused') return;
      const detours = failed.map(({ message: why = 'failed', target }: Attempt) => `${why} [${target.id}]`);
      const rest = error !== undefined && !detours.some((detour) => detour.startsWith(error)) ? [error] : [];
      log.warn(
        `${id} ${model}: ${[...detours, ...rest].join(', then ')}; ${ending} with ${status ?? 'no status'} after ${Math.round(after / 1000)} ms`,
      );
    });
    events.onProviderState((name, { state, reason }) => {
      if (TROUBLE.has(state)) log.warn(`${name} (${state}): ${reason}`);
    });
  },
} satisfies FeaturePlugin;
