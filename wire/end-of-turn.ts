/** What has something to write. */
export interface Writer {
  /** Writes what has waited; nothing, if it no longer matters. */
  flush(): void;
}

/** Most writers that wait: the first of them must not wait for long. */
const MOST = 32;

/** While little is written, one turn in that many writes is watched. */
const LOOK_EVERY = 8;

/** what waits, in its order; the places are used again, so that a turn allocates nothing */
const waiting: (Writer | undefined)[] = Array.from({ length: MOST });
let waitingCount = 0;
/** What a flush causes is written at once. */
let isFlushing = false;
/** Several wrote in the last turn that was watched, and so will in this one. */
let isBusy = false;
/** This turn is watched: `endTurn` comes at its end. */
let isWatched = false;
/** writes in it */
let count = 0;
/** writes until the next look */
let unwatched = 0;

/**
 * Whether to leave a write to the end of this turn of the event loop, where `flush` is called: then all is written
 * together. To write to a socket whose reader sleeps costs twice as much as to one whose reader is awake, and the first of
 * many writes wakes it. False: little is going on, and it is better written at once.
 */
export function isLeftToEnd(writer: Writer): boolean {
  if (!isWatched) {
    if (!isBusy && unwatched-- > 0) return false;
    isWatched = true;
    count = 0;
    setImmediate(endTurn);
  }
  count++;
  if (!isBusy || isFlushing) return false;
  if (waitingCount === MOST) flush();
  waiting[waitingCount++] = writer;
  return true;
}

function endTurn(): void {
  isWatched = false;
  isBusy = count > 1;
  unwatched = LOOK_EVERY;
  flush();
}

function flush(): void {
  isFlushing = true;
  const end = waitingCount;
  waitingCount = 0;
  try {
    for (let at = 0; at < end; at++) {
      const writer = waiting[at] as Writer;
      waiting[at] = undefined;
      writer.flush();
    }
  } finally {
    isFlushing = false;
  }
}
