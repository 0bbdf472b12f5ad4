/** The gateway in an app of its own, as the command and its threads run it. */
import { LogController, type FastifyInstance } from 'fastify';
import { nothingHere, unreadable } from './server/error-handler.ts';
import { renewable } from './server/renewable.ts';
import { compilersFactory } from './server/schema-compilers.ts';
import { errorBody, GatewayError, type ErrorCode } from './core/errors.ts';
import { logger } from './command/log.ts';
import { openGateway, type OpenGateway, type Opening } from './gateway.ts';

export async function openApp(
  opening: Pick<Opening, 'loaded' | 'registry' | 'ready' | 'thread'>,
): Promise<{ app: FastifyInstance; gateway: OpenGateway }> {
  const { app, renew } = renewable({
    bodyLimit: opening.loaded.config.server.bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    logger: logger(process.env),
    // One logger for all: a child for each request costs more than the request itself.
    childLoggerFactory: (parent) => parent,
    // Streams get their time to end in `closing`; what idles is closed at once.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // On a starved machine a feature may take longer to start than Fastify's 10 s, and a reload would fail.
    pluginTimeout: 60_000,
    maxRequestsPerSocket: 0,
    requestTimeout: 0,
    schemaController: { compilersFactory },
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
    clientErrorHandler,
    frameworkErrors: unreadable,
  });
  const opened: { gateway?: OpenGateway } = {};
  app.register(async (instance) => {
    // Here rather than outside, so that the guard and the key check come first.
    instance.setNotFoundHandler(nothingHere);
    opened.gateway = await openGateway(instance, { ...opening, renew });
  });
  await app.ready();
  return { app, gateway: opened.gateway as OpenGateway };
}

/** An invalid HTTP request gets an answer too, where the connection still takes one. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, code, message] = clientErrors[error.code ?? ''] ?? [
    '400 Bad Request',
    'invalid_request',
    `this is not an HTTP request (${error.code ?? error.message})`,
  ];
  const body = JSON.stringify(errorBody(new GatewayError(code, message)));
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const clientErrors: Readonly<Record<string, readonly [string, ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'headers_too_large',
    'the URL and headers are larger than 16 KiB together',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_too_slow', 'the request did not arrive in time'],
};
