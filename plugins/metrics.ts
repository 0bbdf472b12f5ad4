import type { Context, FeaturePlugin } from '../core/contracts.ts';
import { requestChannel } from '../core/dispatch.ts';
import { Numbers } from './metrics/numbers.ts';
import { page } from './metrics/page.ts';
import { runtime } from './metrics/runtime.ts';
import { standingFamilies } from './metrics/standing.ts';
import { turnedAway } from './metrics/turned-away.ts';

/** `GET /metrics`: the numbers of the house, for Prometheus and what reads like it. */
export default {
  name: 'metrics',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const { app, yard } = host;
    const numbers = new Numbers(host);
    const own = runtime();
    const listen = (message: unknown): void => {
      const { context, house } = message as { context: Context; house: unknown };
      if (house === yard) numbers.add(context);
    };
    requestChannel.subscribe(listen);
    const families = [...numbers.families, turnedAway(host), ...standingFamilies(host), ...own.families];
    const read = page(families);
    app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await read();
      return reply.type(contentType).send(text);
    });
    return {
      close: () => {
        requestChannel.unsubscribe(listen);
        own.close();
      },
    };
  },
} satisfies FeaturePlugin;
