import type { Counter, SavedCounter } from './counter.ts';

/** numbers of each counter */
const EACH = 3;

/** Counters on their way to the thread that stores them: a list of objects costs both threads five times as much. */
export interface CounterBatch {
  readonly names: readonly string[];
  /** of each counter when its span began, when it ends (Infinity: never), and what was used */
  readonly numbers: Float64Array;
}

export function packed(counters: readonly Counter[], nowEpochMs: number): CounterBatch {
  const names: string[] = [];
  const numbers = new Float64Array(EACH * counters.length);
  let at = 0;
  for (const counter of counters) {
    names.push(counter.name);
    numbers[at++] = counter.beganEpochMs(nowEpochMs);
    numbers[at++] = counter.endsEpochMs(nowEpochMs);
    numbers[at++] = counter.used(nowEpochMs);
  }
  return { names, numbers };
}

export function* unpacked({ names, numbers }: CounterBatch): Generator<SavedCounter> {
  let at = 0;
  for (const name of names) {
    const beganEpochMs = numbers[at++]!;
    const ends = numbers[at++]!;
    const used = numbers[at++]!;
    yield { name, beganEpochMs, endsEpochMs: ends === Infinity ? null : ends, used };
  }
}
