import type { Attempt, Context, FeaturePlugin, UpstreamRequest } from '../core/contracts/index.ts';
import { onReplaced } from '../kits/feature-kit/index.ts';
import { HOP_HEADER, hopText, idAtPeer } from '../kits/peer-kit/hop.ts';
import { offerOf } from '../kits/peer-kit/offer.ts';
import { sharedOf } from '../kits/shared-kit/index.ts';
import { peersRoute } from '../kits/surface-kit/index.ts';
import { Feed } from './peers/feed.ts';
import { Links } from './peers/links.ts';
import { OwnState } from './peers/node-state.ts';
import { nodes } from './peers/nodes.ts';
import { options, type PeersOptions } from './peers/options.ts';
import { restartRoutes } from './peers/restart-routes.ts';
import { peerProvider } from './peers/provider.ts';

/** ms that a start waits for the peers, so that their models are known by the first request */
const FIRST_MS = 500;

/**
 * Other gateways. Each with a URL is a provider of this one, whose models and health come by a feed that it sends; and each
 * that has a key here can read that feed, and ask for models.
 */
export default {
  name: 'peers',
  inEachThread: false,
  options,
  isLive: true,
  after: ['auth', 'store'],
  providerOf: ({ url }) => (typeof url === 'string' ? (peerProvider as never) : undefined),
  create(_options, host) {
    const { app, events, gateway } = host;
    const own = new OwnState(host);
    const feed = new Feed(host, own);
    const links = new Links(host, own.id);
    const inForce = (): PeersOptions => gateway.settings.config.features['peers'] as PeersOptions;

    const hop = ({ headers }: UpstreamRequest, { target }: Attempt, context: Context): void => {
      if (!offerOf(target.provider)) return;
      const { id, trace, inflightBefore = 0 } = context;
      // A second try is a second request there.
      const nth = trace.attempts.length + inflightBefore;
      const { fleet } = sharedOf(gateway).redis ?? {};
      headers[HOP_HEADER] = hopText({ id: idAtPeer(id, nth), from: links.ownName, fleet });
    };
    let hasPeers = false;
    const take = (): void => {
      const peers = inForce();
      // A gateway without peers has nothing to do for each request.
      if (!hasPeers && Object.keys(peers).length > 0) {
        hasPeers = true;
        events.onSend(hop);
        feed.begin();
      }
      links.take(peers);
    };
    events.onConfig(take);
    app.get('/peers/feed', { config: peersRoute }, (request, reply) => feed.open(request, reply));
    nodes(host, { own, links, feed });
    restartRoutes(host, links);

    app.addHook('onReady', async () => {
      take();
      await links.firstReports(FIRST_MS);
    });
    app.addHook('preClose', async () => feed.close());
    onReplaced(host, () => feed.close(true));
    return { close: () => links.close() };
  },
} satisfies FeaturePlugin<PeersOptions>;
