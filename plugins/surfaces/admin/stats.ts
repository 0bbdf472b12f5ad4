import type { Host } from '../../../core/contracts.ts';
import { standing, type Status } from './standing.ts';

/** How many providers there are of each kind, as the first version counted them. */
export function stats(host: Host) {
  const berths = [...host.yard.berths.values()];
  const breakdown: Record<Status, number> = { starting: 0, healthy: 0, unhealthy: 0, stopped: 0, error: 0 };
  for (const berth of berths) breakdown[standing(berth, host).status]++;
  const ports = berths.flatMap(({ process, provider }) => process?.port ?? provider.process?.port ?? []);
  return {
    total_services: berths.length,
    healthy_services: breakdown.healthy,
    unhealthy_services: berths.length - breakdown.healthy,
    status_breakdown: breakdown,
    allocated_ports: ports.filter((port) => typeof port === 'number').toSorted((a, b) => a - b),
    last_updated: host.now() / 1000,
  };
}
