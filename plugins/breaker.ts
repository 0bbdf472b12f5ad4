import type { FeaturePlugin, Target } from '../core/contracts/index.ts';
import { claims, isOfAll, sharedOf } from '../kits/shared-kit/index.ts';
import { ActiveChecks } from './breaker/active-checks.ts';
import { AttemptJudge, policyOf } from './breaker/attempt-judge.ts';
import { Canaries } from './breaker/canaries.ts';
import { options, type BreakerOptions } from './breaker/options.ts';
import { SharedCircuits } from './breaker/shared-circuits.ts';

/**
 * Passive health: the circuit of a target that fails too often is open for a second, and twice as long each time. Its first
 * request after that is the trial, and the only one until its end is known. A target that could not be reached is checked
 * meanwhile. A target that asked for a pause is tried by one request after it, too. A client's disconnect, and a refusal
 * that concerns a key, say nothing about health. A name that its provider is not known to have has a circuit of its own;
 * that the provider cannot be reached, or that several names in a row fail, is the provider's.
 */
export default {
  name: 'breaker',
  after: ['shared'],
  inEachThread: true,
  options,
  create(settings, { events, gateway, now, random }) {
    const { facts, redis } = sharedOf(gateway);
    const changed = (target: Target): void => circuits?.changed(target);
    const checks = new ActiveChecks(settings.look, { gateway, now }, changed);
    // One gateway asks, and publishes what it has found.
    const mayAsk = (target: Target, ms: number): Promise<boolean> | boolean =>
      !redis || !isOfAll(target.provider) || claims(redis, `canary ${target.label}`, ms);
    const canaries = new Canaries(settings.canary, { gateway, now }, changed, mayAsk);
    const judge = new AttemptJudge(settings, {
      now,
      random,
      failed: (policy) =>
        policy.target.stats.circuit.isUnreachable ? checks.watch(policy) : canaries.watch(policy),
    });
    const circuits =
      facts &&
      new SharedCircuits(facts, gateway, {
        now,
        open: (target, { message, ms, isUnreachable }) =>
          judge.watched(target).openedElsewhere(message, ms, isUnreachable),
        again: (target) => policyOf(target)?.thereAgain(),
      });
    events.onAttempt((attempt, context) => {
      judge.learn(attempt, context);
      if (!circuits) return;
      const { target } = attempt;
      changed(target);
      if (target.through) changed(target.through);
    });
    return {
      close: () => {
        circuits?.close();
        checks.close();
        canaries.close();
      },
    };
  },
} satisfies FeaturePlugin<BreakerOptions>;
