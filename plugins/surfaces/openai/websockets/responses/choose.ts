import type { FastifyRequest } from 'fastify';
import type { Host, Target } from '../../../../../core/contracts/index.ts';
import { meaningOf } from '../../../../../core/errors.ts';
import { isObject, parse, stringOf } from '../../../../../kits/dialect-kit/json.ts';
import { allowedOf, hasSurface, pinOf } from '../../../../../kits/surface-kit/index.ts';
import { responses } from '../../dialects/responses.ts';
import { responsesSocket } from '../dialects.ts';
import type { Connection } from './connection.ts';
import type { Refusal } from './refusal.ts';

/** Which of the targets that a caller may use for a model have WebSockets; 'none' also where the model is not known. */
export function socketsFor(
  model: string,
  { host, request }: Pick<Connection, 'host' | 'request'>,
): 'all' | 'some' | 'none' {
  const { models, formats } = host.gateway;
  const { surface } = responsesSocket;
  try {
    const { targets, fallbacks = [] } = models.route(model, responses.surface, pinOf(request));
    const allowed = allowedOf(targets, request.caller);
    const withSockets = allowed.filter((target) => hasSurface(target, surface, formats));
    if (withSockets.length === 0) return 'none';
    return withSockets.length === allowed.length && fallbacks.length === 0 ? 'all' : 'some';
  } catch {
    return 'none';
  }
}

/**
 * Whether any model that a caller may ask for has a provider with WebSockets, as far as the handshake shows it, which may
 * name the model. Where only messages name it, a model without such a provider is answered over HTTP.
 * @throws GatewayError `provider_not_found`
 */
export function mayHaveSocket(host: Host, request: FastifyRequest): boolean {
  const { models, formats } = host.gateway;
  const { caller } = request;
  const { model } = request.query as { model?: unknown };
  const pin = pinOf(request);
  const { surface } = responsesSocket;
  if (typeof model === 'string' && model !== '') return socketsFor(model, { host, request }) !== 'none';
  const allows = (provider: string): boolean => caller?.allowsProvider?.(provider) ?? true;
  const isAnswered = (targets: readonly Target[]): boolean =>
    targets.some((target) => hasSurface(target, surface, formats) && allows(target.provider.name));
  if (!isAnswered(models.targets(surface, pin))) return false;
  // A key for certain models allows no request that names none.
  if (!caller || caller.allowsModel('')) return true;
  return [...models.names(pin).keys()].some(
    (name) => caller.allowsModel(name) && isAnswered(models.having(name, pin)),
  );
}

/** Statuses of a faulty request, which any other target would refuse, too. */
const OF_THE_REQUEST = new Set([400, 413, 422]);

/** Whether a target without WebSockets may answer a request that those with them have refused. */
export function mayDoBetter({ status, body }: Refusal): boolean {
  const read = parse(body.toString());
  const error = isObject(read) && isObject(read.error) ? read.error : {};
  const meaning = meaningOf(stringOf(error.code));
  return meaning ? meaning.fault !== 'client' : !OF_THE_REQUEST.has(status);
}
