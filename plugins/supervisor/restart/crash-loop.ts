/** The crashes that still count. */
interface Crashes {
  /** when, ms; only those inside the window */
  readonly timesMs: readonly number[];
  /** how many in a row without a healthy spell between them, however far apart */
  readonly streak: number;
}

export const NO_CRASHES: Crashes = { timesMs: [], streak: 0 };

/** ms of health after which earlier crashes count no more */
const SPELL = 60_000;
/** crashes within the window that make a loop, and the window in ms */
const LOOP = 5;
const WINDOW = 120_000;
const FIRST = 1_000;
const LONGEST = 300_000;

/** What counts after one more crash. `healthyFor`: ms that it had been healthy. */
export function afterCrash(before: Crashes, atMs: number, healthyForMs: number): Crashes {
  const counted = healthyForMs >= SPELL ? NO_CRASHES : before;
  return {
    timesMs: [...counted.timesMs.filter((time) => atMs - time < WINDOW), atMs],
    streak: counted.streak + 1,
  };
}

export const isLoop = (crashes: Crashes): boolean => crashes.timesMs.length >= LOOP;

/** ms until the next try: doubling from one second to five minutes, half of it random so that many do not restart at once. */
export function backOff(streak: number, random: () => number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.max(0, streak - 1));
  return Math.round(full / 2 + (full / 2) * random());
}
