import type { Parts } from './parts.ts';
import { reap } from './record.ts';

/** Ends what a killed gateway had left running of a program. */
export async function endLeftovers(parts: Parts): Promise<void> {
  const { provider, spec, log } = parts;
  const pids = await reap(parts, spec.stop.signal, spec.stop.grace);
  if (pids.length > 0)
    log.warn({ provider: provider.name, pids }, 'ended what a killed gateway had left running');
}
