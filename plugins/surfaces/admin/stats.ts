import type { Host } from '../../../core/contracts/index.ts';
import { standing, type Status } from '../../../kits/feature-kit/index.ts';

/** How many of the providers in service there are in each state, as the first version counted them. */
export function statsOf({ gateway: { upstreams }, now, date }: Host) {
  const standings = [...upstreams.values()].map((upstream) => standing(upstream, upstreams, now()));
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
  const ports = [...upstreams.values()].flatMap(
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
