import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Host, ListedModel } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import {
  checkModel,
  namesFor,
  pinOf,
  tellClients,
  type RouteAccess,
} from '../../../kits/surface-kit/index.ts';

/** Its clients are recognised by the header that they always send: the same path in OpenAI's shape is another surface's. */
const CLIENT = 'anthropicClient';
/** members of a model in the list of an upstream with this API */
const SAID = ['max_input_tokens', 'max_tokens', 'capabilities', 'lifecycle', 'deprecated_at'];

/** `GET /v1/models` and `/v1/models/{id}` as Anthropic's API has them; with `?provider=` those of one provider. */
export function modelRoutes({ app, gateway }: Host, prefixes: readonly string[], config: RouteAccess): void {
  const since = new Date().toISOString();
  const told = (id: string, pin: string | undefined): object => {
    const [target] = gateway.models.having(id, pin);
    const details = target && gateway.upstreams.get(target.provider.name)?.details?.get(target.model);
    return { type: 'model', id, ...described(id, details ?? {}, since) };
  };
  const names = async (request: FastifyRequest): Promise<[pin: string | undefined, names: string[]]> => {
    await gateway.models.lists.current?.fetchMapped();
    const pin = pinOf(request);
    return [pin, [...namesFor(request.caller, gateway.models, pin).keys()]];
  };
  const isClient = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
    headers['anthropic-version'] !== undefined;
  const constraints = tellClients(app, CLIENT, isClient);
  for (const prefix of prefixes) {
    app.get(`${prefix}/models`, { config, constraints }, async (request) => {
      const [pin, all] = await names(request);
      const { page, hasMore } = pageOf(all, request.query as Record<string, unknown>);
      const data = page.map((id) => told(id, pin));
      return { data, has_more: hasMore, first_id: page[0] ?? null, last_id: page.at(-1) ?? null };
    });
    app.get(`${prefix}/models/*`, { config, constraints }, async (request) => {
      const id = (request.params as { '*': string })['*'];
      const [pin, all] = await names(request);
      checkModel(request.caller, id);
      if (all.includes(id) || gateway.models.having(id, pin).length > 0) return told(id, pin);
      const message = `the model '${id}' does not exist here; GET /v1/models lists those that do`;
      throw new GatewayError('model_not_found', message, { param: 'model' });
    });
  }
}

function described(id: string, details: ListedModel, since: string): object {
  const { display_name, created_at, created } = details as Readonly<Record<string, unknown>>;
  const more = SAID.filter((name) => name in details).map((name) => [name, details[name]]);
  const date = typeof created === 'number' && created > 0 ? new Date(created * 1000).toISOString() : since;
  return {
    display_name: typeof display_name === 'string' ? display_name : id,
    created_at: typeof created_at === 'string' ? created_at : date,
    ...Object.fromEntries(more),
  };
}

/** All models, or the requested page. */
function pageOf(all: readonly string[], query: Record<string, unknown>) {
  const { after_id: after, before_id: before } = query;
  const limit = Number(query.limit) > 0 ? Math.floor(Number(query.limit)) : all.length;
  const start = typeof after === 'string' ? all.indexOf(after) + 1 : 0;
  const end = typeof before === 'string' && all.includes(before) ? all.indexOf(before) : all.length;
  const page =
    typeof before === 'string' ? all.slice(start, end).slice(-limit) : all.slice(start, start + limit);
  const hasMore = typeof before === 'string' ? page.length < end - start : start + page.length < all.length;
  return { page, hasMore };
}
