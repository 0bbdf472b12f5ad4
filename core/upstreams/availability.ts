import type { Availability, Block, ProcessState, Target } from '../contracts/index.ts';

/** States of a local process that a request can wait out; one that has failed is tried again after its back-off. */
export const ASLEEP: ReadonlySet<string> = new Set<ProcessState>([
  'absent',
  'installing',
  'stopped',
  'starting',
  'stopping',
  'backoff',
  'failed',
]);
const OPEN: ReadonlySet<Availability> = new Set<Availability>(['available', 'probing', 'full']);
const GUESSED: ReadonlySet<Availability> = new Set<Availability>(['paused', 'doubtful']);

/** The availability that follows from reasons, if there are any. */
export function blockedAs(blocks: ReadonlyMap<string, Block>): Availability {
  let isAsleep = false;
  let isQuota = true;
  for (const [reason, { guess }] of blocks) {
    if (ASLEEP.has(reason)) isAsleep = true;
    else if (!guess) return 'blocked';
    isQuota &&= reason === 'quota';
  }
  // Answers that died with a process say nothing about its next run.
  if (isAsleep) return 'asleep';
  return isQuota ? 'paused' : 'doubtful';
}

/** No reason is against it: a request may be sent there as soon as it has a slot. */
export const isOpen = (target: Target, now: number): boolean => OPEN.has(target.availability(now));

/** It can be asked at once. */
export const isFree = (target: Target, now: number): boolean => isOpen(target, now) && !target.isFull;

/** All that is against it is a guess. */
export const isGuess = (target: Target, now: number): boolean => GUESSED.has(target.availability(now));

/**
 * Whether it may be asked where no other target is left. By its provider's name only one that is paused is: for the rest
 * the reason is a better answer than one more failure.
 */
export const isLastChance = (target: Target, now: number, isPinned: boolean): boolean =>
  isPinned ? target.availability(now) === 'paused' : isGuess(target, now);
