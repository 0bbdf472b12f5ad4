import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestId } from './context.ts';
import { errorBody, GatewayError, type ErrorCode } from './errors.ts';

/** What Fastify itself finds wrong, in our words. */
const FROM_FASTIFY: Readonly<Record<string, (request: FastifyRequest, error: FastifyError) => [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: (request) => [
    'body_too_large',
    `the body is larger than ${request.server.initialConfig.bodyLimit} bytes; server.bodyLimit allows no more`,
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) => [
    'unsupported_media_type',
    `the content type '${headers['content-type'] ?? ''}' is not read here; send JSON with 'content-type: application/json'`,
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: () => ['invalid_json', 'the body is empty; send a JSON object'],
};

/** Every error leaves the house as `{"error": {message, type, param, code}}`, never with a stack. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const error = toGatewayError(thrown, request);
    if (error.code === 'internal') request.log.error({ err: thrown }, 'a request failed for a reason of our own');
    return sendError(reply, error);
  });
}

/** For paths that lead nowhere. */
export function nothingHere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [path] = request.url.split('?');
  return sendError(reply, new GatewayError('not_found', `there is nothing at ${request.method} ${path}; the API begins at /v1`));
}

function sendError(reply: FastifyReply, error: GatewayError): FastifyReply {
  const id = requestId();
  reply.headers({ 'x-request-id': id, 'x-switchyard-request-id': id });
  if (error.retryAfter !== undefined) reply.header('retry-after', String(error.retryAfter));
  if (error.code === 'body_too_large') reply.header('connection', 'close');
  return reply.code(error.statusCode).type('application/json; charset=utf-8').send(errorBody(error));
}

function toGatewayError(thrown: FastifyError, request: FastifyRequest): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const known = FROM_FASTIFY[thrown.code];
  if (known) return new GatewayError(...known(request, thrown), { cause: thrown });
  const { statusCode = 500 } = thrown;
  // A client's fault is never a 5xx, whoever found it.
  if (statusCode >= 400 && statusCode < 500) return new GatewayError(statusCode === 404 ? 'not_found' : 'invalid_request', thrown.message, { cause: thrown });
  return new GatewayError('internal', 'the gateway failed on this request; its log says why', { cause: thrown });
}
