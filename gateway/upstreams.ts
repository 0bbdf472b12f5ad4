import type * as contract from '../core/contracts/index.ts';
import type { Upstream } from './upstream.ts';
import { loose } from '../wire/names.ts';
import { GatewayError } from '../core/errors.ts';

/** All providers of the gateway, by name. */
export class Upstreams extends Map<string, Upstream> implements contract.Upstreams {
  #supervise: ((upstream: contract.Upstream) => void) | undefined;

  add(upstream: Upstream): void {
    this.set(upstream.provider.name, upstream);
    if (upstream.provider.process) this.#supervise?.(upstream);
  }

  superviseBy(supervise: (upstream: contract.Upstream) => void): void {
    this.#supervise = supervise;
    for (const upstream of this.values())
      if (upstream.provider.process && !upstream.process) supervise(upstream);
  }

  named(name: string): Upstream {
    const wanted = loose(name);
    const all = [...this.values()];
    const upstream =
      this.get(name) ??
      all.find(({ provider }) => loose(provider.name) === wanted) ??
      all.find(({ aliases }) => aliases.some((alias) => loose(alias) === wanted));
    if (upstream) return upstream;
    const names = [...this.keys()].join(', ');
    throw new GatewayError('provider_not_found', `there is no provider '${name}'; there are: ${names}`, {
      param: 'provider',
    });
  }

  asked(): Upstream[] {
    const others = [...this.values()].filter(({ provider, dormant }) => !provider.lastResort && !dormant);
    return others.length > 0 ? others : this.lastResort();
  }

  lastResort(): Upstream[] {
    return [...this.values()].filter(({ provider }) => provider.lastResort);
  }
}
