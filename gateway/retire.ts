import { setTimeout as sleep } from 'node:timers/promises';
import type { Upstream } from '../core/contracts/index.ts';

/** ms between two checks for answers that still run */
const CHECK = 100;

/**
 * Ends an upstream that no new request is routed to. Its running answers end first: a process gives them its `drain`,
 * a remote provider as long as they take.
 */
export async function retire(upstream: Upstream, reason: string): Promise<void> {
  await upstream.process?.close(reason);
  while (isBusy(upstream)) await sleep(CHECK, undefined, { ref: false });
  await upstream.provider.close?.();
}

const isBusy = (upstream: Upstream): boolean =>
  (upstream.concurrency?.waiting ?? 0) > 0 || [...upstream.all()].some(({ stats }) => stats.inflight > 0);
