import type { Attempt, Context, FeaturePlugin } from '../core/contracts.ts';
import { attemptChannel } from '../core/dispatch.ts';
import { Canaries } from './breaker/canaries.ts';
import { Looks } from './breaker/looks.ts';
import { options, type BreakerOptions } from './breaker/options.ts';
import { TargetTrouble } from './breaker/trouble.ts';

/** Why no connection came about: one that is not there needs no second failure. */
const UNREACHABLE: ReadonlySet<string | undefined> = new Set(['upstream_refused', 'connect_timeout']);

/**
 * Passive health: a target that fails too often is out for a second, and doubling from there; its first request after
 * that is the trial, and the only one until its end is known. What could not be reached is looked at meanwhile. The
 * client's leaving, and a no that concerns a key or a quota, say nothing about health.
 */
export default {
  name: 'breaker',
  options,
  create(settings, { yard, now, random }) {
    const looks = new Looks(settings.look, yard);
    const canaries = new Canaries(settings.canary, yard, now);
    const troubles = new Set<TargetTrouble>();

    const listen = (message: unknown): void => {
      const { context, attempt, house } = message as { context: Context; attempt: Attempt; house: unknown };
      if (house !== yard) return;
      if (troubles.size > 0) passBy(context, attempt);
      const { live } = attempt.target;
      const known = live.trouble as TargetTrouble | undefined;
      if (!known && attempt.outcome !== 'failed') return;
      // What began before it was put out belongs to the same trouble.
      if (known && context.started + attempt.started / 1_000 < known.since) return;
      if (attempt.outcome === 'answered') {
        if (known?.answered()) live.trouble = undefined;
      } else if (attempt.outcome === 'left' || attempt.retryAfter || attempt.scope) {
        known?.undecided();
      } else {
        const trouble = known ?? new TargetTrouble(attempt.target, settings, { now, random });
        live.trouble = trouble;
        trouble.failed(attempt.message ?? 'it failed', UNREACHABLE.has(attempt.reason), tookOf(attempt));
        troubles.add(trouble);
        if (trouble.unreachable) looks.watch(trouble);
        else canaries.watch(trouble);
      }
    };

    const passBy = ({ route }: Context, { target }: Attempt): void => {
      for (const trouble of troubles) {
        const { live } = trouble.target;
        if (live.trouble !== trouble) troubles.delete(trouble);
        else if (target.live !== live && route.targets.some((one) => one.live === live)) trouble.passedBy();
      }
    };

    attemptChannel.subscribe(listen);
    return {
      close: () => {
        attemptChannel.unsubscribe(listen);
        looks.close();
        canaries.close();
      },
    };
  },
} satisfies FeaturePlugin<BreakerOptions>;

/** ms */
const tookOf = ({ started, ended = started }: Attempt): number => (ended - started) / 1_000;
