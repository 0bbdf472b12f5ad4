import type { SupervisorDeps } from '../dependencies.ts';
import { reapOrphans } from '../../../kits/process-kit/index.ts';

/** Ends the processes of a program that a killed gateway left running. */
export async function endOrphans(parts: SupervisorDeps): Promise<void> {
  const { provider, spec, log, after } = parts;
  // A previous program of this gateway with its name is no orphan: it ends by itself.
  if (after) await after;
  const pids = await reapOrphans(parts, spec.stop.signal, spec.stop.graceMs);
  if (pids.length > 0)
    log.warn({ provider: provider.name, pids }, 'ended what a killed gateway had left running');
}
