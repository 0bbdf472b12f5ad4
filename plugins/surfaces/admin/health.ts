import { readFileSync } from 'node:fs';
import type { Host } from '../../../core/contracts.ts';
import { standing } from './standing.ts';
import { stats } from './stats.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** `GET /health`: 200 while somebody can answer, or could be started for it; 503 otherwise. */
export function health(host: Host): void {
  const { app, yard } = host;
  app.get('/health', (_request, reply) => {
    const providers = [...yard.berths.values()].map((berth) => ({
      name: berth.provider.name,
      ...standing(berth, host),
    }));
    const ready = providers.some(
      ({ out, dormant }) => !dormant && out.every((reason) => reason === 'stopped'),
    );
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
