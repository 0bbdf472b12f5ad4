import type { Host, Named, Provider, ProviderPlugin } from '../../core/contracts/index.ts';
import { PEER_HEADER } from '../../kits/peer-kit/hop.ts';
import { makeOffer } from '../../kits/peer-kit/offer.ts';
import { remote } from '../../kits/provider-kit/index.ts';
import { options, type PeerOptions } from './options.ts';

/** Another gateway as a provider: what it offers becomes its map of models, which changes with each of its reports. */
export const peerProvider: ProviderPlugin<PeerOptions> = {
  name: 'peer',
  options: options.additionalProperties,
  create({ name, url = '', key, providers, concurrency, timeouts, rules }: PeerOptions & Named, host: Host) {
    const offer = makeOffer();
    const given = { concurrency, timeouts, rules };
    const made: Provider = remote(
      {
        name,
        apiKey: key,
        headers: { [PEER_HEADER]: providers },
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      },
      host,
      {
        baseUrl: `${url.replace(/\/+$/, '')}/v1`,
        models: offer.models,
        surfacesOf: offer.surfacesOf,
      },
    );
    return { ...made, inflightElsewhere: offer.inflightElsewhere };
  },
};
