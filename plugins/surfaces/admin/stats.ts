import type { Host } from '../../../core/contracts.ts';
import { standing, type Status } from '../../../core/standing.ts';

/** How many of the providers in service there are of each kind, as the first version counted them. */
export function stats({ yard: { berths }, now, date }: Host) {
  const standings = [...berths.values()].map((berth) => standing(berth, berths, now()));
  const breakdown: Record<Status, number> = {
    starting: 0,
    healthy: 0,
    unhealthy: 0,
    stopped: 0,
    error: 0,
    unknown: 0,
  };
  const counted = standings.filter(({ inService }) => inService);
  for (const { status } of counted) breakdown[status]++;
  const ports = [...berths.values()].flatMap(
    ({ process, provider }) => process?.port ?? provider.process?.port ?? [],
  );
  return {
    total_services: counted.length,
    healthy_services: breakdown.healthy,
    unhealthy_services: counted.length - breakdown.healthy - breakdown.unknown,
    status_breakdown: breakdown,
    allocated_ports: ports.filter((port) => typeof port === 'number').toSorted((a, b) => a - b),
    last_updated: date() / 1000,
  };
}
