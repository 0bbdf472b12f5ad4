/** Runs something after ms, unless called off before. Time is lent, so that tests need not wait. */
export type Later = (run: () => void, ms: number) => () => void;

export const later: Later = (run, ms) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/** so many misses in a row, and it is not just a slow answer */
const MISSES = 3;

interface Watch {
  /** @returns what is wrong; undefined: nothing */
  readonly look: () => Promise<string | undefined>;
  /** ms between two looks */
  readonly every: number;
  readonly later: Later;
  readonly sick: (complaint: string) => void;
  readonly well: () => void;
}

/** Keeps looking at a process that is ready. @returns ends it */
export function watch({ look, every, later: wait, sick, well }: Watch): () => void {
  let misses = 0;
  let ended = false;
  let cancel = wait(again, every);

  function again(): void {
    void look().then((complaint) => {
      if (ended) return;
      if (complaint !== undefined && ++misses === MISSES) sick(complaint);
      if (complaint === undefined && misses >= MISSES) well();
      if (complaint === undefined) misses = 0;
      cancel = wait(again, every);
    });
  }

  return () => {
    ended = true;
    cancel();
  };
}
