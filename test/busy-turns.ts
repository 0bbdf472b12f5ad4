import type { Test } from 'tap';
import { isLeftToEnd } from '../wire/end-of-turn.ts';

/** Until the test ends, several writers are in each turn of the event loop: what else is written waits for its end. */
export function busyTurns(t: Test): void {
  let isOver = false;
  t.teardown(() => (isOver = true));
  const writer = { flush: () => undefined };
  const again = (): void => {
    if (isOver) return;
    isLeftToEnd(writer);
    isLeftToEnd(writer);
    setImmediate(again);
  };
  // Only some turns are watched at first.
  for (let write = 0; write < 20; write++) isLeftToEnd(writer);
  again();
}
