import type { Attempt, Context, FeaturePlugin, Target } from '../core/contracts/index.ts';
import { Canaries } from './breaker/canaries.ts';
import { ActiveChecks } from './breaker/looks.ts';
import { options, type BreakerOptions } from './breaker/options.ts';
import { Rows } from './breaker/rows.ts';
import { TargetCircuit } from './breaker/trouble.ts';
import { meaningOf } from '../core/errors.ts';

/**
 * Passive health: a target that fails too often is out for a second, and doubling from there; its first request after
 * that is the trial, and the only one until its end is known. What could not be reached is looked at meanwhile. Whoever
 * asked for a pause is tried by one request after it, too. The client's leaving, and a no that concerns a key, say
 * nothing about health. A name that its provider is not known to have has a health of its own; that it cannot be reached,
 * or that several names in a row fail, is its provider's.
 */
export default {
  name: 'breaker',
  options,
  create(settings, { events, gateway, now, random }) {
    const looks = new ActiveChecks(settings.look, { gateway, now });
    const canaries = new Canaries(settings.canary, gateway, now);
    const rows = new Rows(settings.failures);

    const learn = (attempt: Attempt, context: Context): void => {
      passBy(context, attempt);
      const { target } = attempt;
      const began = context.startedMs + attempt.started / 1_000;
      if (!target.through) return judge(attempt, target, began);
      judgeNamed(attempt, target, target.through, began);
    };

    const judge = (attempt: Attempt, target: Target, began: number): void => {
      const { stats } = target;
      const known = stats.circuit as TargetCircuit | undefined;
      if (!known && attempt.outcome !== 'failed') return;
      // What began before it was put out belongs to the same trouble.
      if (known && began < known.since) return;
      if (attempt.outcome === 'answered') {
        if (known?.answered(began)) stats.circuit = undefined;
      } else if (saysNothing(attempt) || (isAsked(attempt) && !isPaused(target))) {
        known?.undecided();
      } else {
        const circuit = troubleOf(target);
        if (isAsked(attempt)) circuit.asksForPause(messageOf(attempt));
        else fails(circuit, attempt, began);
      }
    };

    /** Its failures are those of that name, unless they show that all of its provider fails. */
    const judgeNamed = (attempt: Attempt, target: Target, through: Target, began: number): void => {
      const known = through.stats.circuit as TargetCircuit | undefined;
      if (attempt.outcome === 'answered') {
        rows.end(through);
        judge(attempt, target, began);
        if (known) judge(attempt, through, began);
      } else if (attempt.outcome === 'failed' && meaningOf(attempt.reason)?.scope === 'provider') {
        (target.stats.circuit as TargetCircuit | undefined)?.undecided();
        judge(attempt, through, began);
      } else {
        judge(attempt, target, began);
        if (known && began < known.since) return;
        const isFailure = attempt.outcome === 'failed' && !saysNothing(attempt) && !isAsked(attempt);
        if (!isFailure || !isEvidence(target, through)) return known?.undecided();
        const isEnough = rows.add(through, target.name);
        if (isEnough || known?.out) fails(troubleOf(through), attempt, began, isEnough);
      }
    };

    /** As it asked for; that it is used up, and for how long, may be a guess. */
    const isPaused = (target: Target): boolean => target.blocks(now()).get('quota')?.guess === false;

    const troubleOf = (target: Target): TargetCircuit =>
      (target.stats.circuit ??= new TargetCircuit(target, settings, { now, random })) as TargetCircuit;

    const fails = (circuit: TargetCircuit, attempt: Attempt, began: number, isEnough = false): void => {
      const isUnreachable = meaningOf(attempt.reason)?.health === 'opens';
      circuit.failed(messageOf(attempt), isUnreachable, began, tookOf(attempt), isEnough);
      if (circuit.unreachable) looks.watch(circuit);
      else canaries.watch(circuit);
    };

    events.onAttempt(learn);
    return {
      close: () => {
        looks.close();
        canaries.close();
      },
    };
  },
} satisfies FeaturePlugin<BreakerOptions>;

/** Those of its route that were not asked, and are in trouble. */
function passBy({ route: { targets } }: Context, { target }: Attempt): void {
  if (targets.length === 1) return;
  for (const { stats, through } of targets) {
    if (stats === target.stats) continue;
    (stats.circuit as TargetCircuit | undefined)?.passedBy();
    if (through && through !== target.through)
      (through.stats.circuit as TargetCircuit | undefined)?.passedBy();
  }
}

/** Callers make names up: where others were answered, one that never was says nothing of its provider. */
const isEvidence = (target: Target, through: Target): boolean =>
  target.stats.hasAnswered || !through.stats.hasAnswered;

const saysNothing = ({ outcome, reason }: Attempt): boolean =>
  outcome === 'left' || meaningOf(reason)?.health === 'nothing';

/** ms */
const tookOf = ({ started, ended = started }: Attempt): number => (ended - started) / 1_000;

const messageOf = ({ message = 'it failed' }: Attempt): string => message;

/** A no that says when to come again, or that concerns a key or a quota, says nothing about health. */
const isAsked = ({ retryAfter, scope }: Attempt): boolean => retryAfter !== undefined || scope !== undefined;
