import t from 'tap';
import { nextStep, type Given, type Progress, type Step } from '../../../core/dispatch/next-step.ts';
import { GatewayError, type ErrorCode } from '../../../core/errors.ts';
import type { Target } from '../../../core/upstreams/target.ts';
import type { AttemptResult } from '../../../core/attempt/attempt-result.ts';
import { aRoute, NOW, target } from './a-route.ts';

const one = target('one');
const two = target('two');
const sick = target('sick');
sick.block('breaker', NOW + 60_000, 'it failed', true);

interface Fault {
  readonly at?: Target;
  readonly reason?: ErrorCode;
  readonly status?: number;
  readonly scope?: 'key' | 'model';
  readonly retryAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** the body of a 400 */
  readonly says?: string;
}

/** An attempt that failed. */
function failure({ at = one, reason = 'upstream_reset', headers, says, ...more }: Fault = {}): AttemptResult {
  return {
    attempt: { target: at, outcome: 'failed', startedUs: 0, bytes: 0, reason, ...more },
    error: new GatewayError(reason, 'it failed'),
    ...(headers && { refusal: { status: 500, headers, body: Buffer.alloc(0) } }),
    ...(says !== undefined && { refusal: { status: 400, headers: {}, body: Buffer.from(says) } }),
  };
}

interface Case extends Partial<Omit<Progress, 'last'>> {
  readonly targets?: readonly Target[];
  readonly fallbacks?: readonly string[];
  readonly contextFallbacks?: readonly string[];
  /** no target could be selected */
  readonly isUnselected?: true;
  /** The retry budget is spent. */
  readonly isSpent?: true;
  readonly remainingMs?: number;
  readonly retry?: Given['retry'];
  readonly chance?: number;
  readonly step: { readonly kind: Step['kind'] } & Readonly<Record<string, unknown>>;
}

const END = { kind: 'end', isBudgetSpent: false } as const;
const BUDGET_SPENT = { kind: 'end', isBudgetSpent: true } as const;
const DURING = { kind: 'wait', costs: true, target: one } as const;
const both = [one, two];
const alone = [one];

const cases: Readonly<Record<string, Case>> = {
  'another target that is well costs nothing': {
    targets: both,
    isSpent: true,
    step: { kind: 'retry', costs: false },
  },
  'one that is not well is paid for': { targets: [one, sick], step: { kind: 'retry', costs: true } },
  'one that is not well is not asked where the budget is spent': {
    targets: [one, sick],
    isSpent: true,
    step: BUDGET_SPENT,
  },
  'after a gamble, or with another key, it costs nothing': {
    targets: [one, sick],
    isFree: true,
    isSpent: true,
    step: { kind: 'retry', costs: false },
  },
  'not after as many attempts as the config says': {
    targets: both,
    retry: { attempts: 1, again: 1, wait: 0, budget: 1 },
    step: END,
  },
  'not when the caller gives up': { targets: both, remainingMs: 0, step: END },
  'not when its whole time is over': {
    targets: both,
    failed: [failure({ reason: 'total_timeout' })],
    step: END,
  },
  'six attempts where the config does not say': {
    targets: both,
    tried: [],
    failed: Array.from({ length: 6 }, () => failure()),
    step: END,
  },
  'as many as there are keys': {
    targets: [target('keys', { keys: 7 })],
    tried: [],
    failed: Array.from({ length: 6 }, () => failure()),
    step: { kind: 'retry' },
  },
  'the only target is asked again after a pause': {
    targets: alone,
    step: { ...DURING, afterMs: 125, asked: false },
  },
  'the second pause is twice as long': {
    targets: alone,
    failed: [failure(), failure()],
    retry: { again: 2, wait: 0, budget: 1 },
    step: { ...DURING, afterMs: 250 },
  },
  'and no pause is longer than four seconds': {
    targets: alone,
    failed: Array.from({ length: 9 }, () => failure()),
    retry: { attempts: 20, again: 20, wait: 0, budget: 1 },
    chance: 1,
    step: { ...DURING, afterMs: 4_000 },
  },
  'no more often than the config says': { targets: alone, failed: [failure(), failure()], step: END },
  'not where the budget is spent': { targets: alone, isSpent: true, step: BUDGET_SPENT },
  'not when the caller gives up before': { targets: alone, remainingMs: 125, step: END },
  'not one that took its time': {
    targets: alone,
    failed: [failure({ reason: 'first_byte_timeout' })],
    step: END,
  },
  'not one whose key was refused': { targets: alone, failed: [failure({ scope: 'key' })], step: END },
  'one that is used up and says no time': {
    targets: alone,
    failed: [failure({ reason: 'upstream_status', scope: 'model', status: 429 })],
    step: { ...DURING, afterMs: 125 },
  },
  'not one that says so': {
    targets: alone,
    failed: [failure({ headers: { 'x-should-retry': 'false' } })],
    step: END,
  },
  'not one of several, where all were tried': { targets: both, tried: both, step: END },
  'when it said, whatever else was tried': {
    targets: both,
    tried: both,
    failed: [failure({ retryAfterMs: 500 })],
    retry: { again: 0, wait: 1_000, budget: 1 },
    step: { ...DURING, afterMs: 500, asked: true },
  },
  'not when it asks for more than is waited for': {
    targets: alone,
    failed: [failure({ retryAfterMs: 1_001 })],
    retry: { again: 1, wait: 1_000, budget: 1 },
    step: END,
  },
  'not when it asks for a pause again': {
    targets: alone,
    failed: [failure(), failure({ retryAfterMs: 500 })],
    retry: { again: 5, wait: 1_000, budget: 1 },
    step: END,
  },
  'another target goes before another model': {
    targets: both,
    fallbacks: ['other'],
    step: { kind: 'retry' },
  },
  'another model goes before a pause, which pays for it': {
    targets: alone,
    fallbacks: ['other'],
    step: { kind: 'fall back', because: 'failed', costs: true, isPaid: true, instead: DURING },
  },
  'another model where nothing else helps': {
    targets: alone,
    failed: [failure({ reason: 'first_byte_timeout' })],
    fallbacks: ['other'],
    step: { kind: 'fall back', because: 'failed', costs: false, isPaid: false, instead: END },
  },
  'another model where the budget is spent: one that is well costs nothing': {
    targets: alone,
    isSpent: true,
    fallbacks: ['other'],
    step: { kind: 'fall back', isPaid: false, instead: BUDGET_SPENT },
  },
  'another model where no target could be selected': {
    targets: alone,
    failed: [],
    isUnselected: true,
    fallbacks: ['other'],
    step: { kind: 'fall back', because: 'failed', isPaid: true, instead: END },
  },
  'the end where no target could be selected': { targets: both, failed: [], isUnselected: true, step: END },
  'one that takes longer texts, before any other target': {
    targets: both,
    failed: [failure({ says: 'context_length_exceeded' })],
    fallbacks: ['other'],
    contextFallbacks: ['long'],
    step: { kind: 'fall back', because: 'length', isPaid: false, instead: END },
  },
  'another model where a route of many targets has reached the default bound': {
    targets: both,
    tried: both,
    failed: Array.from({ length: 6 }, () => failure()),
    fallbacks: ['other'],
    step: { kind: 'fall back', because: 'failed', isPaid: false, instead: END },
  },
  'no other model where the config bounds the attempts': {
    targets: both,
    tried: both,
    failed: [failure(), failure({ at: two })],
    retry: { attempts: 2, again: 1, wait: 0, budget: 1 },
    fallbacks: ['other'],
    step: END,
  },
  'no other model when the caller gives up': {
    targets: alone,
    remainingMs: 0,
    fallbacks: ['other'],
    step: END,
  },
};

for (const [what, each] of Object.entries(cases))
  t.test(`next: ${what}`, (t) => {
    t.match(stepOf(each), each.step);
    t.end();
  });

t.test('deciding reads no clock, chance or budget, and changes nothing', (t) => {
  const time = t.capture(performance, 'now');
  const chance = t.capture(Math, 'random');
  for (const each of Object.values(cases)) stepOf(each);
  t.strictSame([time(), chance()], [[], []]);
  t.end();
});

function stepOf({ targets = both, fallbacks, contextFallbacks, failed = [failure()], ...more }: Case): Step {
  const { tried = [one], isFree = false, isUnselected, isSpent = false, remainingMs = Infinity } = more;
  const request = Object.freeze({ route: aRoute(targets, { fallbacks, contextFallbacks }) });
  const given: Given = Object.freeze({
    retry: more.retry ?? { again: 1, wait: 0, budget: 1 },
    nowMs: NOW,
    remainingMs,
    hasBudget: !isSpent,
    chance: more.chance ?? 0,
  });
  const last = isUnselected ? undefined : failed.at(-1);
  return nextStep(request, Object.freeze({ failed, tried, isFree, last }), given);
}
