import type { Caller, Gateway, Ticket, Upstream, Work } from '../../core/contracts/index.ts';
import { isLocal } from './is-local.ts';
import { offerOf } from './offer.ts';
import { keyNameOf, type Scope } from './hop.ts';

/**
 * Another gateway as a caller. Its requests never go to a further peer, so none comes back. They count in limits but not in
 * usage, which the other gateway counts.
 */
export class PeerCaller implements Caller {
  readonly id: string;
  readonly name: string;
  /** the entry of `peers` that it has the key of */
  readonly peer: string;
  readonly scope: Scope;
  readonly #gateway: Gateway;
  readonly #count: Caller['begin'];

  /** @param count counts a request in limits */
  constructor(peer: string, scope: Scope, { gateway, count }: { gateway: Gateway; count: Caller['begin'] }) {
    this.id = `peer ${peer} ${scope}`;
    this.name = keyNameOf(peer);
    this.peer = peer;
    this.scope = scope;
    this.#gateway = gateway;
    this.#count = count;
  }

  allowsModel(): boolean {
    return true;
  }

  readonly allowsProvider = (name: string): boolean => {
    const upstream = this.#gateway.upstreams.get(name);
    return upstream !== undefined && isOffered(upstream, this.scope);
  };

  begin(work: Work): Ticket | Promise<Ticket> {
    return this.#count(work);
  }
}

/** A last resort is a demonstration, and a program that sleeps until it is started by name answers no request. */
export const isOffered = (upstream: Upstream, scope: Scope): boolean =>
  !upstream.provider.lastResort &&
  !upstream.dormant &&
  !offerOf(upstream.provider) &&
  (scope === 'all' || isLocal(upstream));
