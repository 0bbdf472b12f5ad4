import { readFileSync } from 'node:fs';
import type { Berth } from '../../../core/berth.ts';
import type { Host } from '../../../core/contracts.ts';
import { callersRoute, probeRoute } from '../../../core/open-route.ts';
import { canServe, standing, type Standing } from '../../../core/standing.ts';
import { stats } from './stats.ts';
import { wrong } from './wrong.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * `GET /health`: 200 while a provider can answer, or could be started for it; 503 otherwise. One that cannot has a
 * `message`: why, and the remedy. `/health/live` and `/health/ready` say the state alone, to anybody.
 */
export function health(host: Host): void {
  const { app, yard } = host;
  app.get('/health', { config: callersRoute }, (_request, reply) => {
    const berths = [...yard.berths.values()];
    const ready = isReady(host);
    const numbers = stats(host);
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'healthy' : 'unhealthy',
      service: 'switchyard',
      timestamp: Date.now() / 1000,
      version,
      healthy_providers: numbers.healthy_services,
      total_providers: numbers.total_services,
      provider_stats: numbers,
      providers: berths.map((berth) => told(berth, host)),
      strategy_failures: yard.strategyFailures.list(),
    });
  });
  app.get('/health/live', { config: probeRoute }, () => ({ status: 'live' }));
  app.get('/health/ready', { config: probeRoute }, (_request, reply) => {
    const ready = isReady(host);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}

const isReady = ({ yard, now }: Host): boolean =>
  !yard.closing &&
  [...yard.berths.values()].some((berth) => {
    const how = standing(berth, yard.berths, now());
    return how.inService && canServe(how, berth);
  });

function told(berth: Berth, host: Host): Standing & { readonly name: string; readonly message?: string } {
  const how = { name: berth.provider.name, ...standing(berth, host.yard.berths, host.now()) };
  const isFine = canServe(how, berth) && how.state !== 'unhealthy';
  return isFine ? how : { ...how, message: wrong(berth, host) };
}
