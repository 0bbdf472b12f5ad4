import type { Attempt, Context, FeaturePlugin } from '../core/contracts.ts';
import { requestChannel } from '../core/dispatch.ts';

/** One line in the log for each request that did not go straight: who failed, why, and how it ended. */
export default {
  name: 'journal',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { yard, log }) {
    const listen = (message: unknown): void => {
      const { context, house } = message as { context: Context; house: unknown };
      if (house !== yard) return;
      const { id, model, attempts, ending, status, error, ended = 0 } = context.trace;
      const failed = attempts.filter(({ outcome }) => outcome === 'failed');
      if (failed.length === 0 && ending !== 'refused') return;
      const detours = failed.map(({ message: why = 'failed', target }: Attempt) => `${why} [${target.id}]`);
      const told = error !== undefined && !detours.some((detour) => detour.startsWith(error)) ? [error] : [];
      log.warn(
        `${id} ${model}: ${[...detours, ...told].join(', then ')}; ${ending} with ${status ?? 'no status'} after ${Math.round(ended / 1000)} ms`,
      );
    };
    requestChannel.subscribe(listen);
    return { close: () => void requestChannel.unsubscribe(listen) };
  },
} satisfies FeaturePlugin;
