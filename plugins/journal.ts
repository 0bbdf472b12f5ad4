import type { Attempt, Context, FeaturePlugin } from '../core/contracts.ts';
import { requestChannel } from '../core/dispatch.ts';
import { processChannel, type ProcessChanged } from '../core/supervisor/channels.ts';

/** What a process does not come to while all is well. */
const TROUBLE: ReadonlySet<string> = new Set(['unhealthy', 'backoff', 'failed']);

/**
 * One line in the log for each request that did not go straight: who failed, why, and how it ended. And one for each
 * trouble that a local process gets into.
 */
export default {
  name: 'journal',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { yard, log }) {
    const ended = (message: unknown): void => {
      const { context, house } = message as { context: Context; house: unknown };
      if (house !== yard) return;
      const { id, model, attempts, ending, status, error, ended: after = 0 } = context.trace;
      const failed = attempts.filter(({ outcome }) => outcome === 'failed');
      if (failed.length === 0 && ending !== 'refused') return;
      const detours = failed.map(({ message: why = 'failed', target }: Attempt) => `${why} [${target.id}]`);
      const told = error !== undefined && !detours.some((detour) => detour.startsWith(error)) ? [error] : [];
      log.warn(
        `${id} ${model}: ${[...detours, ...told].join(', then ')}; ${ending} with ${status ?? 'no status'} after ${Math.round(after / 1000)} ms`,
      );
    };
    const changed = (message: unknown): void => {
      const { name, change, house } = message as ProcessChanged;
      if (house !== yard || !TROUBLE.has(change.state)) return;
      log.warn(`${name} (${change.state}): ${change.reason}`);
    };
    requestChannel.subscribe(ended);
    processChannel.subscribe(changed);
    return {
      close: () => {
        requestChannel.unsubscribe(ended);
        processChannel.unsubscribe(changed);
      },
    };
  },
} satisfies FeaturePlugin;
