import type { Berth } from '../../../core/berth.ts';
import type { Host } from '../../../core/contracts.ts';
import { dated } from '../../../core/dated.ts';
import { standing } from '../../../core/standing.ts';
import { blocksOf } from './blocks.ts';
import { stats } from './stats.ts';
import type { Watch } from './vitals.ts';

/** `GET /providers` and `GET /providers/{name}`: who there is, how they are and what they do just now. */
export function providers(host: Host, watch: Watch): void {
  const { app, yard } = host;
  app.get('/providers', () => ({
    providers: [...yard.berths.values()].map((berth) => described(berth, host, watch)),
    stats: stats(host),
  }));
  app.get('/providers/:name', (request) =>
    described(yard.berth((request.params as { name: string }).name), host, watch),
  );
}

function described(berth: Berth, host: Host, watch: Watch): Record<string, unknown> {
  const { name, surfaces, models, concurrency, lastResort = false, lacks = [], keys } = berth.provider;
  return {
    name,
    ...standing(berth, host.yard.berths, host.now()),
    kind: berth.process ? 'program' : 'remote',
    ...watch.vitals(berth, host),
    surfaces,
    missingSurfaces: berth.missing.list,
    modelMap: models ?? null,
    anyModel: berth.isOpen,
    concurrency: concurrency ?? null,
    lastResort,
    aliases: berth.aliases,
    lacks: berth.process?.lacks ?? lacks,
    keys: keys && {
      size: keys.size,
      out: keys.out.map(({ until, ...key }) => ({
        ...key,
        until: new Date(dated(until, host)).toISOString(),
      })),
    },
    targets: [...berth.targets].map((target) => ({
      target: target.id,
      inflight: target.inflight,
      latency: Math.round(target.latency),
      ttft: Math.round(target.ttft),
      errorRate: Math.round(target.errorRate * 1000) / 1000,
      blocks: blocksOf(target, host),
    })),
    ...(berth.process ? { process: berth.process.describe() } : {}),
  };
}
