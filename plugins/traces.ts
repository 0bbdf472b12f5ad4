import type { Context, FeaturePlugin, Trace } from '../core/contracts.ts';
import { requestChannel } from '../core/dispatch.ts';
import { GatewayError } from '../core/errors.ts';
import { told } from './traces/told.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Keeps why each request went where it went.',
  properties: {
    keep: { type: 'integer', minimum: 0, default: 1000, description: 'So many of the latest requests.' },
  },
} as const;

/** `GET /requests` and `GET /requests/{id}`: the decisions behind the latest requests, newest first. */
export default {
  name: 'traces',
  options,
  create({ keep }, { app, yard }) {
    const ring: Trace[] = [];
    let next = 0;
    const listen = (message: unknown): void => {
      const { context, house } = message as { context: Context; house: unknown };
      if (house !== yard || keep === 0) return;
      ring[next] = context.trace;
      next = (next + 1) % keep;
    };
    requestChannel.subscribe(listen);

    const newestFirst = (): Trace[] => [...ring.slice(next), ...ring.slice(0, next)].reverse();
    app.get('/requests', (request) => {
      const { limit = '100', ...unknown } = request.query as Record<string, string>;
      const most = Number(limit);
      if (!Number.isInteger(most) || most < 1)
        throw new GatewayError('invalid_request', `'limit' must be a whole number from 1; it is '${limit}'`, {
          param: 'limit',
        });
      const [other] = Object.keys(unknown);
      if (other !== undefined)
        throw new GatewayError(
          'invalid_request',
          `there is no query parameter '${other}' here; there is: limit`,
          { param: other },
        );
      return { object: 'list', data: newestFirst().slice(0, most).map(told) };
    });
    app.get('/requests/:id', (request) => {
      const { id } = request.params as { id: string };
      const trace = newestFirst().find(
        (one) => one.id === id || one.attempts.some(({ upstreamId }) => upstreamId === id),
      );
      if (!trace)
        throw new GatewayError(
          'request_not_found',
          `no request '${id}' is kept; the latest ${keep} are (traces.keep)`,
          { param: 'id' },
        );
      return told(trace);
    });
    return { close: () => void requestChannel.unsubscribe(listen) };
  },
} satisfies FeaturePlugin<{ readonly keep: number }>;
