import type { Host, Target } from '../../core/contracts/index.ts';
import type { Scope } from '../../kits/peer-kit/hop.ts';
import { isLocal } from '../../kits/peer-kit/is-local.ts';
import type { OfferedModel } from '../../kits/peer-kit/offer.ts';
import { isOffered } from '../../kits/peer-kit/peer-caller.ts';
import type { Out } from './told.ts';

export interface DescribedOffer {
  readonly models: Readonly<Record<string, OfferedModel>>;
  readonly out: Readonly<Record<string, Out>>;
  readonly inflight: Readonly<Record<string, number>>;
}

/** What this gateway offers to peers: the models that providers of a scope are known to have, and how they are now. */
export function describeOffer(host: Host, scope: Scope): DescribedOffer {
  const { gateway } = host;
  const models: Record<string, OfferedModel> = {};
  const out: Record<string, Out> = {};
  const inflight: Record<string, number> = {};
  const offers = (target: Target): boolean => {
    const upstream = gateway.upstreams.get(target.provider.name);
    return upstream !== undefined && isOffered(upstream, scope);
  };
  for (const name of gateway.models.names().keys()) {
    const targets = gateway.models.having(name).filter(offers);
    if (targets.length === 0) continue;
    models[name] = { surfaces: surfacesOf(targets, host), price: priceOf(targets, host) };
    const why = outOf(targets, host);
    if (why) out[name] = why;
    const busy = targets.reduce((sum, { stats }) => sum + stats.inflight, 0);
    if (busy > 0) inflight[name] = busy;
  }
  return { models, out, inflight };
}

/** APIs below /v1 as they are; another API of a provider is reached by chat, which this gateway translates. */
function surfacesOf(targets: readonly Target[], { gateway: { formats } }: Host): string[] {
  const all = targets.flatMap(({ provider, model }) => provider.surfacesOf?.(model) ?? provider.surfaces);
  return [
    ...new Set(all.map((one) => (formats.dialects.get(one)?.mustBeDeclared === true ? 'chat' : one))),
  ].toSorted();
}

/** Of the first: which one answers is not known before. */
function priceOf([target]: readonly Target[], { gateway }: Host): OfferedModel['price'] {
  if (!target) return undefined;
  const { provider, model, name } = target;
  const upstream = gateway.upstreams.get(provider.name);
  if (upstream && isLocal(upstream)) return 'free';
  return provider.origin === undefined
    ? undefined
    : { origin: provider.origin, model: model === '*' ? name : model };
}

/** undefined: one of them can be asked, or is started by a request */
function outOf(targets: readonly Target[], host: Host): Out | undefined {
  let guess = false;
  for (const target of targets) {
    const availability = target.availability(host.now());
    if (availability === 'asleep' && startsByRequest(target, host)) return undefined;
    if (['available', 'probing', 'full'].includes(availability)) return undefined;
    if (availability === 'doubtful' || availability === 'paused') guess = true;
  }
  const details = targets.flatMap((target) =>
    [...target.blocks(host.now()).values()].map(({ detail }) => `${target.provider.name}: ${detail}`),
  );
  return { detail: [...new Set(details)].join('; ').slice(0, 500), guess };
}

function startsByRequest({ provider }: Target, { gateway }: Host): boolean {
  const process = gateway.upstreams.get(provider.name)?.process;
  return (
    process !== undefined &&
    process.startsOnDemand &&
    process.refusal === undefined &&
    !['backoff', 'failed', 'stopping'].includes(process.state)
  );
}
