import type { Feature, FeaturePlugin } from '../../../core/contracts.ts';
import { configView } from './config.ts';
import { health } from './health.ts';
import { lifecycle } from './lifecycle.ts';
import { loadBalancing } from './load-balancing.ts';
import { providers } from './providers.ts';
import { resets } from './reset.ts';
import { routeRoute } from './route.ts';
import { tryOut } from './try-out.ts';
import { Watch } from './vitals.ts';

/** What the dashboard, the command and scripts ask: how the house is, and what they change in it. */
export default {
  name: 'admin',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host): Feature {
    const watch = new Watch(host);
    health(host);
    providers(host, watch);
    lifecycle(host);
    configView(host, watch);
    loadBalancing(host);
    resets(host);
    routeRoute(host);
    tryOut(host);
    return { close: () => watch.close() };
  },
} satisfies FeaturePlugin;
