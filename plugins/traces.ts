import type { FeaturePlugin } from '../core/contracts/index.ts';
import type { Unsent } from '../kits/feature-kit/answers.ts';
import { GatewayError } from '../core/errors.ts';
import { record, summary, takesOneThread } from '../kits/feature-kit/index.ts';
import type { RequestPage, RequestTrace } from './traces/answers.ts';
import { Capture } from './traces/capture.ts';
import { RecentTraces } from './traces/recent-traces.ts';
import { page } from './traces/list.ts';
import { options, type TracesOptions } from './traces/options.ts';
import { nodeOf } from '../kits/shared-kit/node-of.ts';
import { offerOf } from '../kits/peer-kit/offer.ts';
import { withoutCredentials } from '../wire/credentials.ts';
import { storeOf } from '../kits/store-kit/store-of.ts';
import { readQuery } from './traces/query.ts';
import { describeTrace } from './traces/describe-trace.ts';

/** `GET /requests` and `GET /requests/{id}`: active and recent requests, and the decisions behind them. */
export default {
  name: 'traces',
  inEachThread: false,
  options,
  create({ keep, capture: { enabled, limit } }, { app, events, gateway }) {
    if (enabled) takesOneThread(gateway, 'traces.capture');
    const kept = new RecentTraces(keep);
    const capture = enabled ? new Capture(limit) : undefined;
    events.onRequest((context, sink) => {
      kept.begin(context.trace);
      capture?.begin(context, sink);
    });
    events.onEnd(({ trace }) => kept.end(trace));

    app.get('/requests', ({ query }) => list(query as Record<string, unknown>));
    app.get('/requests/:id', ({ params }) => one((params as { id: string }).id));

    async function list(query: Record<string, unknown>): Promise<RequestPage> {
      const { limit: most, ...filter } = readQuery(query);
      const node = nodeOf(gateway);
      const { data, next } = await page(kept, gateway.archive.current, filter, most, node);
      const problem = storeOf(gateway)?.missing.get('history') ?? null;
      return { object: 'list', data: data.map((trace) => summary(trace, node)), next, problem };
    }

    function peerUrl(provider: string): string | null | undefined {
      const found = gateway.upstreams.get(provider)?.provider;
      if (!found || !offerOf(found)) return undefined;
      const peers = gateway.settings.config.features['peers'] as Record<string, { readonly url?: string }>;
      const url = peers[found.name]?.url;
      return url === undefined ? null : withoutCredentials(url);
    }

    async function one(id: string): Promise<Unsent<RequestTrace>> {
      const found = kept.find(id);
      const trace = found ? record(found) : await gateway.archive.current?.request(id).catch(onlyKnown);
      if (!trace) throw unknown(id, keep);
      const bodies = capture?.of(trace.id);
      const described = describeTrace(trace, { node: nodeOf(gateway), peerUrl });
      return { ...described, ...(bodies ? { bodies } : {}) };
    }
  },
} satisfies FeaturePlugin<TracesOptions>;

/** Where the disk cannot be read, what is in memory is all there is. Where others cannot be asked, nothing is known. */
function onlyKnown(error: unknown): undefined {
  if (error instanceof GatewayError) throw error;
}

function unknown(id: string, keep: number): GatewayError {
  return new GatewayError(
    'request_not_found',
    `no request '${id.slice(0, 100)}' is kept; the latest ${keep} are in memory (traces.keep), older ones where history is on (history.keep)`,
    { param: 'id' },
  );
}
