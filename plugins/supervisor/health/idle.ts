import type { Use } from '../../../core/contracts/index.ts';
import type { Schedule } from './liveness.ts';

interface Idling {
  readonly use: () => Use;
  /** ms without use */
  readonly afterMs: number;
  readonly later: Schedule;
  readonly idle: () => void;
}

/** checks within the time that it may idle */
const CHECKS = 4;

/** Calls back once a process has been unused for a while. @returns ends it */
export function whenIdle({ use, afterMs, later, idle }: Idling): () => void {
  let known = use().begun;
  let quiet = 0;
  let cancel = later(check, afterMs / CHECKS);

  function check(): void {
    const { inflight, begun } = use();
    quiet = inflight > 0 || begun !== known ? 0 : quiet + 1;
    known = begun;
    if (quiet >= CHECKS) return idle();
    cancel = later(check, afterMs / CHECKS);
  }

  return () => cancel();
}
