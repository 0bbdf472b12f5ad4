import type { AskedNames, Host, Target, Upstream } from '../../../core/contracts/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { dated, holding, standing } from '../../../kits/feature-kit/index.ts';
import type { Provider, Providers, TargetStanding } from './answers/provider.ts';
import { blocksOf } from './blocks.ts';
import { statsOf } from './stats.ts';
import type { Watch } from './vitals.ts';

/** `GET /providers` and `GET /providers/{name}`: all providers, with their state and current load. */
export function providers(host: Host, watch: Watch): void {
  const { app, gateway } = host;
  app.get('/providers', (): Unsent<Providers> => ({
    providers: [...gateway.upstreams.values()].map((upstream) => described(upstream, host, watch)),
    stats: statsOf(host),
  }));
  app.get('/providers/:name', (request) =>
    described(gateway.upstreams.named((request.params as { name: string }).name), host, watch),
  );
}

function described(upstream: Upstream, host: Host, watch: Watch): Unsent<Provider> {
  const { name, surfaces, models, concurrency, lastResort = false, keys } = upstream.provider;
  return {
    name,
    ...standing(upstream, host.gateway.upstreams, host.now()),
    kind: upstream.provider.process ? 'program' : 'remote',
    ...watch.vitals(upstream, host),
    surfaces,
    missingSurfaces: upstream.missing.list,
    modelMap: models ?? null,
    anyModel: upstream.isOpen,
    concurrency: concurrency ?? null,
    lastResort,
    aliases: upstream.aliases,
    lacks: upstream.lacks,
    keys: keys && {
      size: keys.size,
      out: keys.out.map(({ untilMs, ...key }) => ({
        ...key,
        until: new Date(dated(untilMs, host)).toISOString(),
      })),
    },
    targets: [...upstream.targets].map((target) => ({
      ...describeStanding(target, host),
      ...(target.names && { names: blockedNames(target.names, host) }),
    })),
    ...(upstream.process ? { process: upstream.process.describe() } : {}),
  };
}

function describeStanding(target: Target, host: Host): Unsent<TargetStanding> {
  const { label, stats, latencyMs, ttftMs, errorRate } = target;
  return {
    target: label,
    inflight: stats.inflight,
    latency: Math.round(latencyMs),
    ttft: Math.round(ttftMs),
    errorRate: Math.round(errorRate * 1000) / 1000,
    blocks: blocksOf(target, host),
  };
}

/** Names requested through a target that have blocks of their own. */
function blockedNames({ kept }: AskedNames, host: Host): Unsent<TargetStanding>[] {
  const now = host.now();
  return [...kept]
    .filter(({ stats }) => holding(stats.blocks, now).size > 0)
    .map((name) => describeStanding(name, host));
}
