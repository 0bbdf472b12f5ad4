import type { Attempt, Context, FeaturePlugin, Target } from '../core/contracts.ts';
import { attemptChannel } from '../core/dispatch.ts';
import { isOurFault } from '../core/our-fault.ts';
import { Canaries } from './breaker/canaries.ts';
import { Looks } from './breaker/looks.ts';
import { options, type BreakerOptions } from './breaker/options.ts';
import { TargetTrouble } from './breaker/trouble.ts';

/** Why no connection came about: one that is not there needs no second failure. */
const UNREACHABLE: ReadonlySet<string | undefined> = new Set(['upstream_refused', 'connect_timeout']);

/**
 * Passive health: a target that fails too often is out for a second, and doubling from there; its first request after
 * that is the trial, and the only one until its end is known. What could not be reached is looked at meanwhile. Whoever
 * asked for a pause is tried by one request after it, too. The client's leaving, and a no that concerns a key, say
 * nothing about health.
 */
export default {
  name: 'breaker',
  options,
  create(settings, { yard, now, random }) {
    const looks = new Looks(settings.look, { yard, now });
    const canaries = new Canaries(settings.canary, yard, now);
    const troubles = new Set<TargetTrouble>();

    const listen = (message: unknown): void => {
      const { context, attempt, house } = message as { context: Context; attempt: Attempt; house: unknown };
      if (house !== yard) return;
      if (troubles.size > 0) passBy(context, attempt);
      const { live } = attempt.target;
      const known = live.trouble as TargetTrouble | undefined;
      if (!known && attempt.outcome !== 'failed') return;
      const began = context.started + attempt.started / 1_000;
      // What began before it was put out belongs to the same trouble.
      if (known && began < known.since) return;
      if (attempt.outcome === 'answered') {
        if (known?.answered(began)) live.trouble = undefined;
      } else if (
        attempt.outcome === 'left' ||
        isOurFault(attempt) ||
        (isAsked(attempt) && !isPaused(attempt.target))
      ) {
        known?.undecided();
      } else {
        const trouble = known ?? new TargetTrouble(attempt.target, settings, { now, random });
        live.trouble = trouble;
        troubles.add(trouble);
        if (isAsked(attempt)) trouble.asksForPause(messageOf(attempt));
        else fails(trouble, attempt, began);
      }
    };

    const isPaused = (target: Target): boolean => target.blocks(now()).has('quota');

    const fails = (trouble: TargetTrouble, attempt: Attempt, began: number): void => {
      trouble.failed(messageOf(attempt), UNREACHABLE.has(attempt.reason), began, tookOf(attempt));
      if (trouble.unreachable) looks.watch(trouble);
      else canaries.watch(trouble);
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

const messageOf = ({ message = 'it failed' }: Attempt): string => message;

/** A no that says when to come again, or that concerns a key or a quota, says nothing about health. */
const isAsked = ({ retryAfter, scope }: Attempt): boolean => retryAfter !== undefined || scope !== undefined;
