import type { Context, FeaturePlugin } from '../core/contracts.ts';
import { beginChannel, requestChannel } from '../core/dispatch.ts';
import type { Unsent } from '../core/contracts/answers.ts';
import { GatewayError } from '../core/errors.ts';
import { record } from '../core/record.ts';
import type { Sink } from '../core/sink.ts';
import { summary } from '../core/summary.ts';
import type { RequestPage, RequestTrace } from './traces/answers.ts';
import { Capture } from './traces/capture.ts';
import { Kept } from './traces/kept.ts';
import { page } from './traces/list.ts';
import { options, type TracesOptions } from './traces/options.ts';
import { readQuery } from './traces/query.ts';
import { told } from './traces/told.ts';

/** `GET /requests` and `GET /requests/{id}`: what is asked just now and was asked lately, and the decisions behind it. */
export default {
  name: 'traces',
  options,
  create({ keep, capture: { enabled, limit } }, { app, yard }) {
    const kept = new Kept(keep);
    const capture = enabled ? new Capture(limit) : undefined;
    const begin = (message: unknown): void => {
      const { context, sink, house } = message as { context: Context; sink: Sink; house: unknown };
      if (house !== yard) return;
      kept.begin(context.trace);
      capture?.begin(context, sink);
    };
    const end = (message: unknown): void => {
      const { context, house } = message as { context: Context; house: unknown };
      if (house === yard) kept.end(context.trace);
    };
    beginChannel.subscribe(begin);
    requestChannel.subscribe(end);

    app.get('/requests', ({ query }) => list(query as Record<string, unknown>));
    app.get('/requests/:id', ({ params }) => one((params as { id: string }).id));
    return {
      close: () => {
        beginChannel.unsubscribe(begin);
        requestChannel.unsubscribe(end);
      },
    };

    async function list(query: Record<string, unknown>): Promise<RequestPage> {
      const { limit: most, ...filter } = readQuery(query);
      const { data, next } = await page(kept, yard.archive, filter, most);
      return { object: 'list', data: data.map(summary), next };
    }

    async function one(id: string): Promise<Unsent<RequestTrace>> {
      const found = kept.find(id);
      const trace = found ? record(found) : await yard.archive?.request(id).catch(() => undefined);
      if (!trace) throw unknown(id, keep);
      const bodies = capture?.of(trace.id);
      return { ...told(trace), ...(bodies ? { bodies } : {}) };
    }
  },
} satisfies FeaturePlugin<TracesOptions>;

function unknown(id: string, keep: number): GatewayError {
  return new GatewayError(
    'request_not_found',
    `no request '${id.slice(0, 100)}' is kept; the latest ${keep} are in memory (traces.keep), older ones where history is on (history.keep)`,
    { param: 'id' },
  );
}
