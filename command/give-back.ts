import { performance } from 'node:perf_hooks';

/** ms between two checks */
const EVERY = 1_000;
/** the share of its time that the event loop of a calm gateway works at most */
const CALM = 0.02;
/** calm checks in a row before memory is given back: after the start, and later */
const [AT_FIRST, LATER] = [1, 10];
/** bytes that the process must have taken since the last time */
const GROWN = 64 * 2 ** 20;

/**
 * Gives memory back after the start, and after each load, once the gateway is calm. V8 itself collects when much is
 * allocated, which an idle gateway does not do. Without `--expose-gc`, which the launcher sets, nothing is done.
 */
export function giveBackWhenCalm(): void {
  const { gc } = globalThis;
  if (!gc) return;
  let calm = 0;
  let wanted = AT_FIRST;
  let times = 0;
  let enough = 0;
  let before = performance.eventLoopUtilization();
  const check = (): void => {
    const now = performance.eventLoopUtilization();
    calm = performance.eventLoopUtilization(now, before).utilization < CALM ? calm + 1 : 0;
    before = now;
    if (calm < wanted || process.memoryUsage.rss() < enough) return;
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    calm = 0;
    wanted = LATER;
    times += 1;
    // The second time follows soon: threads that only the start needed have ended by then.
    if (times > 1) enough = process.memoryUsage.rss() + GROWN;
  };
  setInterval(check, EVERY).unref();
}
