import type { Attempt, Context, FeaturePlugin, Target } from '../core/contracts.ts';
import { attemptChannel } from '../core/dispatch.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Leaves a failing target alone for a while.',
  properties: {
    failures: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description: 'So many in a row and it is out; one that cannot be connected to is out at once.',
    },
    first: {
      format: 'duration',
      default: '1s',
      description: 'How long it is out the first time; twice as long each time it fails again at once.',
    },
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
  /** when it was put out last, on the clock of `performance.now()` */
  since: number;
}

/**
 * Passive health: a target that fails is out for a second, and doubling from there; its first request after that is the
 * trial, and the only one until its end is known. The client's leaving, and a no that asks for a pause of its own, say
 * nothing about health.
 */
export default {
  name: 'breaker',
  options,
  create({ failures, first, longest }, { yard, now, random }) {
    const streaks = new WeakMap<Target['live'], Streak>();

    const listen = (message: unknown): void => {
      const { context, attempt, house } = message as { context: Context; attempt: Attempt; house: unknown };
      if (house !== yard) return;
      const { target } = attempt;
      const streak = streaks.get(target.live);
      // What began before it was put out belongs to the same trouble.
      if (streak && context.started + attempt.started < streak.since) return;
      if (attempt.outcome === 'answered') {
        if (streak) heal(target);
      } else if (attempt.outcome === 'left' || attempt.retryAfter) {
        if (streak) target.unblock('breaker');
      } else {
        fail(attempt, streak);
      }
    };

    const heal = (target: Target): void => {
      streaks.delete(target.live);
      target.live.began = undefined;
      target.unblock('breaker');
    };

    const fail = ({ target, reason, message = 'it failed' }: Attempt, known: Streak | undefined): void => {
      const streak = known ?? { failures: 0, trips: 0, since: 0 };
      streaks.set(target.live, streak);
      streak.failures++;
      const dead = reason === 'upstream_refused' || reason === 'connect_timeout';
      if (!dead && streak.trips === 0 && streak.failures < failures) return;
      const pause = Math.min(longest, first * 2 ** streak.trips) * (0.9 + 0.2 * random());
      streak.trips++;
      streak.since = performance.now();
      target.block('breaker', now() + pause, `${message}; tried again in ${(pause / 1000).toFixed(1)} s`, true);
      target.live.began = () => target.block('breaker', now() + longest, `${message}; being tried again`, true);
    };

    attemptChannel.subscribe(listen);
    return { close: () => void attemptChannel.unsubscribe(listen) };
  },
} satisfies FeaturePlugin<Options>;
