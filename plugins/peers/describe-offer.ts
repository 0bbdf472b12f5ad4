import type { Host, Target } from '../../core/contracts/index.ts';
import type { Scope } from '../../kits/peer-kit/hop.ts';
import { isLocal } from '../../kits/peer-kit/is-local.ts';
import type { OfferedModel } from '../../kits/peer-kit/offer.ts';
import { isOffered } from '../../kits/peer-kit/peer-caller.ts';
import type { Out } from './node-report.ts';

export interface DescribedOffer {
  readonly models: Readonly<Record<string, OfferedModel>>;
  /** the same as JSON, to detect changes */
  readonly text: string;
  readonly out: Readonly<Record<string, Out>>;
  readonly inflight: Readonly<Record<string, number>>;
}

/** ms after which the targets of names are looked up again in any case */
const FOUND_FOR_MS = 60_000;

/**
 * What this gateway offers to peers: the models that providers of a scope are known to have, and their state. Names change
 * rarely and there may be thousands of them, so their targets are kept.
 */
export class OwnOffer {
  readonly #host: Host;
  readonly #scope: Scope;
  #targets: ReadonlyMap<string, readonly Target[]> = new Map();
  #names: ReadonlyMap<string, string> = new Map();
  #models: DescribedOffer['models'] = {};
  #text = '';
  #foundUntilMs = 0;

  constructor(host: Host, scope: Scope) {
    this.#host = host;
    this.#scope = scope;
  }

  /** The config or a process has changed. */
  changed(): void {
    this.#foundUntilMs = 0;
  }

  now(): DescribedOffer {
    const names = this.#host.gateway.models.names();
    if (this.#host.now() >= this.#foundUntilMs || !isSame(names, this.#names)) this.#find(names);
    const out: Record<string, Out> = {};
    const inflight: Record<string, number> = {};
    for (const [name, targets] of this.#targets) {
      const why = outOf(targets, this.#host);
      if (why) out[name] = why;
      let busy = 0;
      for (const { stats } of targets) busy += stats.inflight;
      if (busy > 0) inflight[name] = busy;
    }
    return { models: this.#models, text: this.#text, out, inflight };
  }

  #find(names: ReadonlyMap<string, string>): void {
    const { gateway, now } = this.#host;
    const offers = ({ provider: { name } }: Target): boolean => {
      const upstream = gateway.upstreams.get(name);
      return upstream !== undefined && isOffered(upstream, this.#scope);
    };
    const found = [...names.keys()]
      .map((name) => [name, gateway.models.having(name).filter(offers)] as const)
      .filter(([, targets]) => targets.length > 0);
    this.#names = names;
    this.#targets = new Map(found);
    this.#models = Object.fromEntries(
      found.map(([name, targets]) => [
        name,
        { surfaces: surfacesOf(targets, this.#host), price: priceOf(targets, this.#host) },
      ]),
    );
    this.#text = JSON.stringify(this.#models);
    this.#foundUntilMs = now() + FOUND_FOR_MS;
  }
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false;
  for (const name of one.keys()) if (!other.has(name)) return false;
  return true;
}

/** APIs below /v1 as they are; another API of a provider is reached by chat, which this gateway translates. */
function surfacesOf(targets: readonly Target[], { gateway: { formats } }: Host): string[] {
  const all = targets.flatMap(({ provider, model }) => provider.surfacesOf?.(model) ?? provider.surfaces);
  return [
    ...new Set(all.map((one) => (formats.dialects.get(one)?.mustBeDeclared === true ? 'chat' : one))),
  ].toSorted();
}

/** The price of the first target: which one answers is not known before. */
function priceOf([target]: readonly Target[], { gateway }: Host): OfferedModel['price'] {
  if (!target) return undefined;
  const { provider, model, name } = target;
  const upstream = gateway.upstreams.get(provider.name);
  if (upstream && isLocal(upstream)) return 'free';
  return provider.origin === undefined
    ? undefined
    : { origin: provider.origin, model: model === '*' ? name : model };
}

/** undefined: one of them is available, or is started by a request */
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
