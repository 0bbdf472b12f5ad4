import type { FeaturePlugin } from '../core/contracts/index.ts';
import { CacheHits } from './metrics/cache.ts';
import { Counters } from './metrics/counters.ts';
import { hookCounts } from './metrics/hooks.ts';
import { page } from './metrics/page.ts';
import { runtime } from './metrics/runtime.ts';
import { providerFamilies } from './metrics/providers.ts';
import { storeFamilies } from './metrics/store.ts';
import { refusedRequests } from './metrics/refused-requests.ts';
import { threadFamilies } from './metrics/threads.ts';
import { sharedFamilies } from './metrics/shared.ts';

/** `GET /metrics`: the gateway's metrics in Prometheus's text format. */
export default {
  name: 'metrics',
  after: ['shared'],
  inEachThread: false,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const { app, events } = host;
    const numbers = new Counters(host);
    const own = runtime();
    const cacheHits = new CacheHits();
    events.onEnd((context) => {
      numbers.add(context);
      cacheHits.add(context.trace);
    });
    const families = [
      ...numbers.families,
      refusedRequests(host),
      hookCounts(host),
      ...cacheHits.families,
      ...providerFamilies(host),
      ...sharedFamilies(host),
      ...storeFamilies(host),
      ...threadFamilies(host),
      ...own.families,
    ];
    const read = page(families);
    app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await read();
      return reply.type(contentType).send(text);
    });
    return { close: () => own.close() };
  },
} satisfies FeaturePlugin;
