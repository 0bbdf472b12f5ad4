/** ms between two beats of a thread, and between two looks at it */
const [BEATS_EVERY, LOOKS_EVERY] = [500, 1_000];
/** looks in a row that see no beat: no turn of an event loop takes that long by right */
const MOST_STILL = 10;

/** In a thread: shows that its event loop turns. */
export function beat(pulse: SharedArrayBuffer): void {
  const beats = new Int32Array(pulse);
  setInterval(() => Atomics.add(beats, 0, 1), BEATS_EVERY).unref();
}

/**
 * In the main thread: looks at another one. Looks are counted and not time, so that a machine that has slept, and a main
 * thread that was held up, end none.
 * @param still called once it has not turned for long; with the seconds
 * @returns ends that
 */
export function watchPulse(pulse: SharedArrayBuffer, still: (seconds: number) => void): () => void {
  const beats = new Int32Array(pulse);
  let last = -1;
  let unmoved = 0;
  const looking = setInterval(() => {
    const now = Atomics.load(beats, 0);
    unmoved = now === last ? unmoved + 1 : 0;
    last = now;
    if (unmoved < MOST_STILL) return;
    clearInterval(looking);
    still((MOST_STILL * LOOKS_EVERY) / 1_000);
  }, LOOKS_EVERY).unref();
  return () => clearInterval(looking);
}
