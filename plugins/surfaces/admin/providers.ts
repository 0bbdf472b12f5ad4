import type { AskedNames } from '../../../core/asked-names.ts';
import type { Berth } from '../../../core/berth.ts';
import { lapsed } from '../../../core/blocks.ts';
import type { Host, Target } from '../../../core/contracts.ts';
import type { Unsent } from '../../../core/contracts/answers.ts';
import { dated } from '../../../core/dated.ts';
import { standing } from '../../../core/standing.ts';
import type { Provider, Providers, TargetStanding } from './answers/provider.ts';
import { blocksOf } from './blocks.ts';
import { stats } from './stats.ts';
import type { Watch } from './vitals.ts';

/** `GET /providers` and `GET /providers/{name}`: who there is, how they are and what they do just now. */
export function providers(host: Host, watch: Watch): void {
  const { app, yard } = host;
  app.get('/providers', (): Unsent<Providers> => ({
    providers: [...yard.berths.values()].map((berth) => described(berth, host, watch)),
    stats: stats(host),
  }));
  app.get('/providers/:name', (request) =>
    described(yard.berth((request.params as { name: string }).name), host, watch),
  );
}

function described(berth: Berth, host: Host, watch: Watch): Unsent<Provider> {
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
      ...told(target, host),
      ...(target.names && { names: blockedNames(target.names, host) }),
    })),
    ...(berth.process ? { process: berth.process.describe() } : {}),
  };
}

function told(target: Target, host: Host): Unsent<TargetStanding> {
  const { label, live, latency, ttft, errorRate } = target;
  return {
    target: label,
    inflight: live.inflight,
    latency: Math.round(latency),
    ttft: Math.round(ttft),
    errorRate: Math.round(errorRate * 1000) / 1000,
    blocks: blocksOf(target, host),
  };
}

/** Those of the names asked through a target that are blocked for reasons of their own. */
function blockedNames({ kept }: AskedNames, host: Host): Unsent<TargetStanding>[] {
  const now = host.now();
  return [...kept].filter(({ live }) => lapsed(live.blocks, now).size > 0).map((name) => told(name, host));
}
