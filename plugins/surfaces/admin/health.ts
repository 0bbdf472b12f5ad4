import { readFileSync } from 'node:fs';
import type { Host, Upstream } from '../../../core/contracts/index.ts';
import { canServe, standing, threadsOf } from '../../../kits/feature-kit/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import type { Health } from './answers/health.ts';
import { fileProblem } from './config-changes.ts';
import { statsOf } from './stats.ts';
import { explainProblem } from './explain-problem.ts';
import { sharedOf } from '../../../kits/shared-kit/index.ts';
import { storeOf } from '../../../kits/store-kit/store-of.ts';
import { callersRoute, probeRoute } from '../../../kits/surface-kit/index.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * `GET /health`: 200 while a provider can answer, or could be started for it; 503 otherwise. One that cannot has a
 * `message`: why, and the remedy. `/health/live` and `/health/ready` give the status alone, without a key.
 */
export function health(host: Host): void {
  const { app, gateway } = host;
  app.get('/health', { config: callersRoute }, (_request, reply) => {
    const upstreams = [...gateway.upstreams.values()];
    const ready = isReady(host);
    const numbers = statsOf(host);
    const answer: Unsent<Health> = {
      status: ready ? 'healthy' : 'unhealthy',
      service: 'switchyard',
      timestamp: Date.now() / 1000,
      version,
      healthy_providers: numbers.healthy_services,
      total_providers: numbers.total_services,
      provider_stats: numbers,
      providers: upstreams.map((upstream) => describeProvider(upstream, host)),
      config_problem: fileProblem(gateway.settings),
      limits_problem: gateway.access.current?.limitsProblem ?? null,
      store: storeOf(gateway)?.standing ?? null,
      threads: threadsIn(host),
      strategy_failures: gateway.models.strategyFailures.list(),
    };
    return reply.code(ready ? 200 : 503).send(answer);
  });
  app.get('/health/live', { config: probeRoute }, () => ({ status: 'live' }));
  app.get('/health/ready', { config: probeRoute }, (_request, reply) => {
    const ready = isReady(host);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}

function threadsIn({ gateway }: Host): Unsent<Health['threads']> {
  const threads = threadsOf(gateway)?.standing;
  if (!threads) return null;
  const { wanted, running, lost, lastLost } = threads;
  const last = lastLost && {
    thread: lastLost.thread,
    why: lastLost.why,
    at: new Date(lastLost.atEpochMs).toISOString(),
  };
  return { wanted, running, lost, last_lost: last ?? null };
}

const isReady = ({ gateway, now }: Host): boolean =>
  !gateway.closing &&
  storeOf(gateway)?.isWaitedFor() !== true &&
  sharedOf(gateway).redis?.isWaitedFor !== true &&
  [...gateway.upstreams.values()].some((upstream) => {
    const how = standing(upstream, gateway.upstreams, now());
    return how.inService && canServe(how, upstream);
  });

function describeProvider(upstream: Upstream, host: Host): Unsent<Health['providers'][number]> {
  const how = { name: upstream.provider.name, ...standing(upstream, host.gateway.upstreams, host.now()) };
  const isFine = canServe(how, upstream) && how.state !== 'unhealthy';
  return isFine ? how : { ...how, message: explainProblem(upstream, host) };
}
