import type { Attempt, Context, FeaturePlugin, Target } from '../core/contracts/index.ts';
import { ActiveChecks } from './breaker/active-checks.ts';
import { Canaries } from './breaker/canaries.ts';
import { FailingNames } from './breaker/failing-names.ts';
import { options, type BreakerOptions } from './breaker/options.ts';
import { BreakerPolicy } from './breaker/policy.ts';
import { SharedCircuits } from './breaker/shared-circuits.ts';
import { meaningOf } from '../core/errors.ts';
import { claims, isOfAll, sharedOf } from '../kits/shared-kit/index.ts';

/**
 * Passive health: the circuit of a target that fails too often is open for a second, and twice as long each time. Its first
 * request after that is the trial, and the only one until its end is known. What could not be reached is checked
 * meanwhile. A target that asked for a pause is tried by one request after it, too. A client that leaves, and a refusal
 * that concerns a key, say nothing about health. A name that its provider is not known to have has a circuit of its own;
 * that the provider cannot be reached, or that several names in a row fail, is the provider's.
 */
export default {
  name: 'breaker',
  after: ['shared'],
  inEachThread: true,
  options,
  create(settings, { events, gateway, now, random }) {
    const changed = (target: Target): void => circuits?.changed(target);
    const checks = new ActiveChecks(settings.look, { gateway, now }, changed);
    const { facts, redis } = sharedOf(gateway);
    // What one gateway finds, the others hear.
    const mayAsk = (target: Target, ms: number): Promise<boolean> | boolean =>
      !redis || !isOfAll(target.provider) || claims(redis, `canary ${target.label}`, ms);
    const canaries = new Canaries(settings.canary, { gateway, now }, changed, mayAsk);
    const failing = new FailingNames(settings.failures);

    const learn = (attempt: Attempt, context: Context): void => {
      passBy(context, attempt);
      const { target } = attempt;
      const beganMs = context.startedMs + attempt.startedUs / 1_000;
      if (!target.through) judge(attempt, target, beganMs);
      else judgeNamed(attempt, target, target.through, beganMs);
      if (!circuits) return;
      changed(target);
      if (target.through) changed(target.through);
    };

    const judge = (attempt: Attempt, target: Target, beganMs: number): void => {
      const known = policyOf(target);
      if (!known && attempt.outcome !== 'failed') return;
      // An attempt that began before the circuit opened belongs to the same failures.
      if (known && beganMs < known.openedMs) return;
      if (attempt.outcome === 'answered') {
        if (known?.answered(beganMs)) target.stats.circuit.reset();
      } else if (saysNothing(attempt) || (isAsked(attempt) && !isPaused(target))) {
        known?.undecided();
      } else {
        const policy = known ?? watch(target);
        if (isAsked(attempt)) policy.asksForPause(messageOf(attempt));
        else fails(policy, attempt, beganMs);
      }
    };

    /** Its failures are those of that name, unless they show that all of its provider fails. */
    const judgeNamed = (attempt: Attempt, target: Target, through: Target, beganMs: number): void => {
      const known = policyOf(through);
      if (attempt.outcome === 'answered') {
        failing.end(through);
        judge(attempt, target, beganMs);
        if (known) judge(attempt, through, beganMs);
      } else if (attempt.outcome === 'failed' && meaningOf(attempt.reason)?.scope === 'provider') {
        policyOf(target)?.undecided();
        judge(attempt, through, beganMs);
      } else {
        judge(attempt, target, beganMs);
        if (known && beganMs < known.openedMs) return;
        const isFailure = attempt.outcome === 'failed' && !saysNothing(attempt) && !isAsked(attempt);
        if (!isFailure || !isEvidence(target, through)) return known?.undecided();
        const isEnough = failing.add(through, target.name);
        if (isEnough || known?.isOpen) fails(known ?? watch(through), attempt, beganMs, isEnough);
      }
    };

    /** As it asked for; that it is used up, and for how long, may be a guess. */
    const isPaused = (target: Target): boolean => target.blocks(now()).get('quota')?.guess === false;

    const watch = (target: Target): BreakerPolicy => {
      const policy = new BreakerPolicy(target, settings, { now, random });
      target.stats.circuit.watchedBy(policy);
      return policy;
    };

    const fails = (policy: BreakerPolicy, attempt: Attempt, beganMs: number, isEnough = false): void => {
      const isUnreachable = meaningOf(attempt.reason)?.health === 'opens';
      policy.failed(messageOf(attempt), isUnreachable, beganMs, tookMs(attempt), isEnough);
      if (policy.target.stats.circuit.isUnreachable) checks.watch(policy);
      else canaries.watch(policy);
    };

    const circuits =
      facts &&
      new SharedCircuits(facts, gateway, {
        now,
        open: (target, { message, ms, isUnreachable }) =>
          (policyOf(target) ?? watch(target)).openedElsewhere(message, ms, isUnreachable),
        again: (target) => policyOf(target)?.thereAgain(),
      });
    events.onAttempt(learn);
    return {
      close: () => {
        circuits?.close();
        checks.close();
        canaries.close();
      },
    };
  },
} satisfies FeaturePlugin<BreakerOptions>;

/** What is remembered of its failures; undefined: nothing. */
const policyOf = ({ stats }: Target): BreakerPolicy | undefined =>
  stats.circuit.policy as BreakerPolicy | undefined;

/** Targets of its route that were not asked, and have failed lately. */
function passBy({ route: { targets } }: Context, { target }: Attempt): void {
  if (targets.length === 1) return;
  for (const one of targets) {
    if (one.stats === target.stats) continue;
    policyOf(one)?.passedBy();
    if (one.through && one.through !== target.through) policyOf(one.through)?.passedBy();
  }
}

/** Callers make names up: where other names were answered, one that never was says nothing about its provider. */
const isEvidence = (target: Target, through: Target): boolean =>
  target.stats.hasAnswered || !through.stats.hasAnswered;

const saysNothing = ({ outcome, reason }: Attempt): boolean =>
  outcome === 'left' || meaningOf(reason)?.health === 'nothing';

/** ms */
const tookMs = ({ startedUs, endedUs = startedUs }: Attempt): number => (endedUs - startedUs) / 1_000;

const messageOf = ({ message = 'it failed' }: Attempt): string => message;

/** A refusal that says when to come again, or that concerns a key or a quota, says nothing about health. */
const isAsked = ({ retryAfterMs, scope }: Attempt): boolean =>
  retryAfterMs !== undefined || scope !== undefined;
