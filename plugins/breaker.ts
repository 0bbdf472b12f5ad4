import type { Attempt, Context, FeaturePlugin, Target } from '../core/contracts.ts';
import { attemptChannel } from '../core/dispatch.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Leaves a failing target alone for a while.',
  properties: {
    failures: { type: 'integer', minimum: 1, default: 3, description: 'So many in a row and it is out; one that cannot be connected to is out at once.' },
    first: { format: 'duration', default: '1s', description: 'How long it is out the first time; twice as long each time it fails again at once.' },
    longest: { format: 'duration', default: '30s', description: 'It is never out for longer.' },
  },
} as const;

interface Options {
  readonly failures: number;
  readonly first: number;
  readonly longest: number;
}

/** What is remembered of a target that has failed. */
interface Streak {
  failures: number;
  /** how often it was out since its last good answer */
  trips: number;
}

/**
 * Passive health: a target that fails is out for a second, and doubling from there; its first request after that is the
 * trial. The client's leaving, and a no that asks for a pause of its own, say nothing about health.
 */
export default {
  name: 'breaker',
  options,
  create({ failures, first, longest }, { yard, now, random }) {
    const streaks = new WeakMap<Target['live'], Streak>();
    const listen = (message: unknown): void => {
      const { attempt, house } = message as { context: Context; attempt: Attempt; house: unknown };
      if (house !== yard) return;
      const { live } = attempt.target;
      if (attempt.outcome === 'answered') {
        if (streaks.delete(live)) attempt.target.unblock('breaker');
        return;
      }
      if (attempt.outcome === 'left' || attempt.retryAfter) return;
      const streak = streaks.get(live) ?? { failures: 0, trips: 0 };
      streaks.set(live, streak);
      streak.failures++;
      const dead = attempt.reason === 'upstream_refused' || attempt.reason === 'connect_timeout';
      if (!dead && streak.trips === 0 && streak.failures < failures) return;
      const pause = Math.min(longest, first * 2 ** streak.trips) * (0.9 + 0.2 * random());
      streak.trips++;
      attempt.target.block('breaker', now() + pause, `${attempt.message ?? 'it failed'}; tried again in ${(pause / 1000).toFixed(1)} s`);
    };
    attemptChannel.subscribe(listen);
    return { close: () => void attemptChannel.unsubscribe(listen) };
  },
} satisfies FeaturePlugin<Options>;
