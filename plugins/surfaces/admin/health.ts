import { readFileSync } from 'node:fs';
import type { Berth } from '../../../core/berth.ts';
import type { Host } from '../../../core/contracts.ts';
import { callersRoute } from '../../../core/open-route.ts';
import { standing, type Standing } from './standing.ts';
import { stats } from './stats.ts';
import { wrong } from './wrong.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * `GET /health`: 200 while somebody can answer, or could be started for it; 503 otherwise. Who cannot has a `message` that
 * says why, and the remedy.
 */
export function health(host: Host): void {
  const { app, yard } = host;
  app.get('/health', { config: callersRoute }, (_request, reply) => {
    const berths = [...yard.berths.values()];
    const providers = berths.map((berth) => told(berth, host));
    const ready = providers.some(({ message }) => message === undefined);
    const numbers = stats(host);
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'healthy' : 'unhealthy',
      service: 'switchyard',
      timestamp: Date.now() / 1000,
      version,
      healthy_providers: numbers.healthy_services,
      total_providers: numbers.total_services,
      provider_stats: numbers,
      providers,
    });
  });
}

function told(berth: Berth, host: Host): Standing & { readonly name: string; readonly message?: string } {
  const how = { name: berth.provider.name, ...standing(berth, host) };
  return canServe(how, berth) ? how : { ...how, message: wrong(berth, host.now()) };
}

/** It answers, or the next request starts it. */
const canServe = ({ out, dormant }: Standing, { process }: Berth): boolean =>
  !dormant && (out.length === 0 || (process?.wakes === true && out.every((reason) => reason === 'stopped')));
