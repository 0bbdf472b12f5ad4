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

const CLIENT = 'googleClient';
/** Members of a model in the list of an upstream with this API. */
const SAID = [
  'baseModelId',
  'version',
  'description',
  'inputTokenLimit',
  'outputTokenLimit',
  'temperature',
  'maxTemperature',
  'topP',
  'topK',
  'thinking',
];
const METHODS = ['generateContent', 'streamGenerateContent', 'countTokens'];

/** Its clients are recognised by where they send their key, as the path is OpenAI's, too. */
const isClient = ({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): boolean =>
  headers['x-goog-api-key'] !== undefined || /[?&]key=/.test(url);

/** `GET /v1beta/models` and `/v1beta/models/{id}`; with `?provider=` those of one provider. */
export function modelRoutes(
  { app, gateway }: Host,
  own: readonly string[],
  shared: readonly string[],
  config: RouteAccess,
): void {
  const told = (id: string, pin: string | undefined): object => {
    const [target] = gateway.models.having(id, pin);
    const details = target && gateway.upstreams.get(target.provider.name)?.details?.get(target.model);
    return { name: `models/${id}`, ...described(id, details ?? {}) };
  };
  const names = async (request: FastifyRequest): Promise<[pin: string | undefined, names: string[]]> => {
    await gateway.models.lists.current?.fetchMapped();
    const pin = pinOf(request);
    return [pin, [...namesFor(request.caller, gateway.models, pin).keys()]];
  };
  const list = async (request: FastifyRequest): Promise<object> => {
    const [pin, all] = await names(request);
    const { page, next } = pageOf(all, request.query as Record<string, unknown>);
    return { models: page.map((id) => told(id, pin)), ...(next !== '' && { nextPageToken: next }) };
  };
  const one = async (request: FastifyRequest): Promise<object> => {
    const id = (request.params as { '*': string })['*'];
    const [pin, all] = await names(request);
    checkModel(request.caller, id);
    if (all.includes(id) || gateway.models.having(id, pin).length > 0) return told(id, pin);
    const message = `the model '${id}' does not exist here; GET /v1beta/models lists those that do`;
    throw new GatewayError('model_not_found', message, { param: 'model' });
  };
  const constraints = tellClients(app, CLIENT, isClient);
  for (const prefix of own) {
    app.get(`${prefix}/models`, { config }, list);
    app.get(`${prefix}/models/*`, { config }, one);
  }
  for (const prefix of shared) {
    app.get(`${prefix}/models`, { config, constraints }, list);
    app.get(`${prefix}/models/*`, { config, constraints }, one);
  }
}

function described(id: string, details: ListedModel): object {
  const { displayName, display_name, max_input_tokens, supportedGenerationMethods } = details;
  const more = SAID.filter((name) => name in details).map((name) => [name, details[name]]);
  const title = [displayName, display_name].find((text) => typeof text === 'string');
  return {
    displayName: title ?? id,
    ...(typeof max_input_tokens === 'number' && { inputTokenLimit: max_input_tokens }),
    ...Object.fromEntries(more),
    supportedGenerationMethods: supportedGenerationMethods ?? METHODS,
  };
}

/** All models, or the requested page. The token of the next page is its first name. */
function pageOf(all: readonly string[], { pageSize, pageToken }: Record<string, unknown>) {
  const size = Number(pageSize) > 0 ? Math.floor(Number(pageSize)) : all.length;
  const start = typeof pageToken === 'string' ? Math.max(0, all.indexOf(pageToken)) : 0;
  return { page: all.slice(start, start + size), next: all[start + size] ?? '' };
}
