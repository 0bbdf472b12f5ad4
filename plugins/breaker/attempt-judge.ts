import type { Attempt, Context, Target } from '../../core/contracts/index.ts';
import { meaningOf } from '../../core/errors.ts';
import { FailingNames } from './failing-names.ts';
import type { BreakerOptions } from './options.ts';
import { BreakerPolicy } from './policy.ts';

interface Parts {
  readonly now: () => number;
  readonly random: () => number;
  /** Called after each failure that counts. */
  readonly failed: (policy: BreakerPolicy) => void;
}

/** Judges what each ended attempt says about the health of its target. */
export class AttemptJudge {
  readonly #settings: BreakerOptions;
  readonly #parts: Parts;
  readonly #failing: FailingNames;

  constructor(settings: BreakerOptions, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#failing = new FailingNames(settings.failures);
  }

  learn(attempt: Attempt, context: Context): void {
    passBy(context, attempt);
    const { target } = attempt;
    const beganMs = context.startedMs + attempt.startedUs / 1_000;
    if (!target.through) this.#judge(attempt, target, beganMs);
    else this.#judgeNamed(attempt, target, target.through, beganMs);
  }

  /** The policy of a target, made where it has none yet. */
  watched(target: Target): BreakerPolicy {
    const known = policyOf(target);
    if (known) return known;
    const policy = new BreakerPolicy(target, this.#settings, this.#parts);
    target.stats.circuit.watchedBy(policy);
    return policy;
  }

  #judge(attempt: Attempt, target: Target, beganMs: number): void {
    const known = policyOf(target);
    if (!known && attempt.outcome !== 'failed') return;
    // An attempt that began before the circuit opened belongs to the same failures.
    if (known && beganMs < known.openedMs) return;
    if (attempt.outcome === 'answered') {
      if (known?.answered(beganMs)) target.stats.circuit.reset();
    } else if (saysNothing(attempt) || (asksForPause(attempt) && !this.#isPaused(target))) {
      known?.undecided();
    } else if (asksForPause(attempt)) {
      this.watched(target).asksForPause(messageOf(attempt));
    } else {
      this.#fail(this.watched(target), attempt, beganMs);
    }
  }

  /** A failure of a requested name is that of the name, unless it shows that the whole provider fails. */
  #judgeNamed(attempt: Attempt, target: Target, through: Target, beganMs: number): void {
    const known = policyOf(through);
    if (attempt.outcome === 'answered') {
      this.#failing.end(through);
      this.#judge(attempt, target, beganMs);
      if (known) this.#judge(attempt, through, beganMs);
    } else if (attempt.outcome === 'failed' && meaningOf(attempt.reason)?.scope === 'provider') {
      policyOf(target)?.undecided();
      this.#judge(attempt, through, beganMs);
    } else {
      this.#judge(attempt, target, beganMs);
      if (known && beganMs < known.openedMs) return;
      const isFailure = attempt.outcome === 'failed' && !saysNothing(attempt) && !asksForPause(attempt);
      if (!isFailure || !isEvidence(target, through)) return known?.undecided();
      const isEnough = this.#failing.add(through, target.name);
      if (isEnough || known?.isOpen) this.#fail(this.watched(through), attempt, beganMs, isEnough);
    }
  }

  /** It is paused as it asked for. A block for a used-up quota, and its length, may be a guess. */
  #isPaused(target: Target): boolean {
    return target.blocks(this.#parts.now()).get('quota')?.guess === false;
  }

  #fail(policy: BreakerPolicy, attempt: Attempt, beganMs: number, isEnough = false): void {
    const isUnreachable = meaningOf(attempt.reason)?.health === 'opens';
    policy.failed(messageOf(attempt), isUnreachable, beganMs, tookMs(attempt), isEnough);
    this.#parts.failed(policy);
  }
}

/** The policy that remembers a target's failures; undefined: there are none. */
export const policyOf = ({ stats }: Target): BreakerPolicy | undefined =>
  stats.circuit.policy as BreakerPolicy | undefined;

/** Counts a request for the targets of its route that it was not sent to, and that have failed lately. */
function passBy({ route: { targets } }: Context, { target }: Attempt): void {
  if (targets.length === 1) return;
  for (const one of targets) {
    if (one.stats === target.stats) continue;
    policyOf(one)?.passedBy();
    if (one.through && one.through !== target.through) policyOf(one.through)?.passedBy();
  }
}

/** Callers invent names: where other names were answered, a name that never was says nothing about its provider. */
const isEvidence = (target: Target, through: Target): boolean =>
  target.stats.hasAnswered || !through.stats.hasAnswered;

const saysNothing = ({ outcome, reason }: Attempt): boolean =>
  outcome === 'left' || meaningOf(reason)?.health === 'nothing';

/** ms */
const tookMs = ({ startedUs, endedUs = startedUs }: Attempt): number => (endedUs - startedUs) / 1_000;

const messageOf = ({ message = 'it failed' }: Attempt): string => message;

/** A refusal that names a time to retry, or that concerns a key or a quota, says nothing about health. */
const asksForPause = ({ retryAfterMs, scope }: Attempt): boolean =>
  retryAfterMs !== undefined || scope !== undefined;
