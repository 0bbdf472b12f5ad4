import type { FastifyRequest } from 'fastify';
import type { Gateway } from '../../core/contracts/index.ts';
import { hopIn, keyNameOf, scopeIn, SCOPES, type Scope } from '../../kits/peer-kit/hop.ts';
import { PeerCaller } from '../../kits/peer-kit/peer-caller.ts';
import { sharedOf } from '../../kits/shared-kit/index.ts';
import type { RouteAccess } from '../../kits/surface-kit/index.ts';
import { checkPeer, keyIn, notOfPeer } from './access.ts';
import { digestOf } from './key-record.ts';
import { Meter, type Meters } from './meter.ts';

interface Peer {
  readonly callers: Readonly<Record<Scope, PeerCaller>>;
  /** likewise of requests that count in the limits of this gateway already, as it shares them */
  readonly ofFleet: Readonly<Record<Scope, PeerCaller>>;
  /** the most that it may ask for */
  readonly offers: Scope;
}

/** The keys of other gateways, by their digests: several may have the same. */
export class PeerKeys {
  readonly #gateway: Gateway;
  readonly #meters: Meters;
  #peers: unknown;
  #byDigest = new Map<string, Map<string, Peer>>();

  constructor(gateway: Gateway, meters: Meters) {
    this.#gateway = gateway;
    this.#meters = meters;
    this.read();
  }

  /** Takes those of the config in force. */
  read(): void {
    const peers = this.#gateway.settings.config.features['peers'] ?? {};
    if (peers === this.#peers) return;
    this.#peers = peers;
    const before = this.#byDigest;
    this.#byDigest = new Map();
    for (const [name, entry] of Object.entries(peers)) {
      const { key, offers } = entry as { readonly key: string; readonly offers: Scope };
      const digest = digestOf(key);
      let named = this.#byDigest.get(digest);
      if (!named) this.#byDigest.set(digest, (named = new Map()));
      const known = before.get(digest)?.get(name);
      const callers = known?.callers ?? this.#callers(name, false);
      const ofFleet = known?.ofFleet ?? this.#callers(name, true);
      named.set(name, { callers, ofFleet, offers });
    }
  }

  /**
   * Whether a request comes from another gateway, which it is marked as then.
   * @throws GatewayError `role_not_allowed`, `wrong_api_key` where only a peer may ask
   */
  admits(request: FastifyRequest, config: RouteAccess): boolean {
    if (this.#byDigest.size === 0 && !config.forPeers) return false;
    const peer = this.#find(request, config);
    if (!peer && config.forPeers) throw notOfPeer();
    if (!peer) return false;
    request.keyName = peer.name;
    request.caller = peer;
    checkPeer(peer.name, { forCallers: request.is404, ...config });
    return true;
  }

  /** Where several peers have the same key, the one that its gateway's name fits, else the first of them. */
  #find({ headers, query }: FastifyRequest, { forPeers }: RouteAccess): PeerCaller | undefined {
    const key = keyIn(headers);
    const named = key === undefined ? undefined : this.#byDigest.get(digestOf(key));
    if (!named) return undefined;
    const { from } = query as { from?: unknown };
    const hop = forPeers ? undefined : hopIn(headers);
    const name = forPeers ? from : hop?.from;
    const peer = named.get(typeof name === 'string' ? name : '') ?? named.values().next().value;
    const isOfFleet = hop?.fleet !== undefined && hop.fleet === sharedOf(this.#gateway).redis?.fleet;
    return peer?.[isOfFleet ? 'ofFleet' : 'callers'][peer.offers === 'all' ? scopeIn(headers) : 'local'];
  }

  #callers(name: string, isOfFleet: boolean): Peer['callers'] {
    const meter = new Meter({ key: keyNameOf(name), owner: null, labels: [] }, this.#meters, {
      isRecorded: false,
      isCountedElsewhere: isOfFleet,
    });
    const parts = { gateway: this.#gateway, count: meter.begin.bind(meter) };
    const made = SCOPES.map((scope) => [scope, new PeerCaller(name, scope, parts)]);
    return Object.fromEntries(made) as Peer['callers'];
  }
}
