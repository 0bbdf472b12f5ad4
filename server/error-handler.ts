import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestId } from '../wire/request-id.ts';
import { lingerAfter } from './linger.ts';
import { errorBody, GatewayError, meaningOf, type ErrorCode } from '../core/errors.ts';

/** What Fastify itself finds wrong, in our words. */
const FROM_FASTIFY: Readonly<
  Record<string, (request: FastifyRequest, error: FastifyError) => [ErrorCode, string]>
> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ({ routeOptions, server }) => [
    'body_too_large',
    routeOptions.config.forCallers
      ? `the body is larger than ${server.initialConfig.bodyLimit} bytes; server.bodyLimit allows no more`
      : 'the body is larger than any that is taken here; only the API of callers takes longer ones',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) => [
    'unsupported_media_type',
    `the content type '${headers['content-type'] ?? ''}' is not read here; send JSON with 'content-type: application/json'`,
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: () => ['invalid_json', 'the body is empty; send a JSON object'],
  FST_ERR_BAD_URL: ({ url }) => [
    'invalid_request',
    `the path '${url.split('?')[0]}' has a % that is no escape`,
  ],
  FST_ERR_MAX_PARAM_LENGTH: () => [
    'url_too_long',
    'a name in the URL is longer than any here; send it in the body',
  ],
};

/** Every error leaves the gateway as `{"error": {message, type, param, code}}`, never with a stack. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
}

export function answerError(
  thrown: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = toGatewayError(thrown, request);
  if (meaningOf(error.code).fault === 'gateway')
    request.log.error({ err: thrown }, 'a request failed for a reason of our own');
  return sendError(reply, error);
}

/** For URLs that the router cannot read: Fastify's `frameworkErrors`. */
export function unreadable(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendError(reply, toGatewayError(thrown, request));
}

/** A client that still has a connection when the gateway stops is told to come back, as by any other error. */
export function refuseWhileClosing(
  app: FastifyInstance,
  isClosing: () => boolean,
  replaced: AbortSignal,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!isClosing() && !(replaced.aborted && changesGateway(request))) return done();
    reply.header('connection', 'close');
    const why = isClosing()
      ? 'the gateway is stopping; come back when it has started again'
      : 'another process has taken over, and this one would keep the change from it; send it again, on a new connection';
    done(new GatewayError('shutting_down', why));
  });
}

/** It is management, and not only read. */
const changesGateway = ({ method, routeOptions: { config } }: FastifyRequest): boolean =>
  method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && !config.forCallers;

/** For paths that lead nowhere. */
export function nothingHere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [path] = request.url.split('?');
  return sendError(
    reply,
    new GatewayError(
      'not_found',
      `there is nothing at ${request.method} ${path}; models are called below /v1, and docs/api.md lists the paths of the management API`,
    ),
  );
}

function sendError(reply: FastifyReply, error: GatewayError): FastifyReply {
  const id = requestId();
  const { dialect } = reply.request.routeOptions.config;
  reply.headers({ 'x-request-id': id, 'x-switchyard-request-id': id });
  if (dialect?.idHeader) reply.header(dialect.idHeader, id);
  if (error.headers) reply.headers(error.headers);
  if (error.retryAfterS !== undefined) reply.header('retry-after', String(error.retryAfterS));
  if (meaningOf(error.code).closes) {
    reply.header('connection', 'close');
    lingerAfter(reply.request.raw);
  }
  const body = dialect?.errorBody?.(errorBody(error), error.statusCode, id) ?? errorBody(error);
  return reply.code(error.statusCode).type('application/json; charset=utf-8').send(body);
}

function toGatewayError(thrown: FastifyError, request: FastifyRequest): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const known = FROM_FASTIFY[thrown.code];
  if (known) return new GatewayError(...known(request, thrown), { cause: thrown });
  const { statusCode = 500 } = thrown;
  // A client's fault is never a 5xx.
  if (statusCode >= 400 && statusCode < 500)
    return new GatewayError(statusCode === 404 ? 'not_found' : 'invalid_request', thrown.message, {
      cause: thrown,
    });
  return GatewayError.from(thrown);
}
