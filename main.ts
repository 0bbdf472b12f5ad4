/** The command: reads the config, opens the gateway, prints what it found, and closes it in good order. */
import { parseArgs } from 'node:util';
import { LogController, type FastifyInstance } from 'fastify';
import { nothingHere, unreadable } from './server/error-handler.ts';
import { renewable } from './server/renewable.ts';
import { PluginRegistry } from './config/plugins/registry.ts';
import type { Loaded } from './config/check.ts';
import { successionOf } from './kits/feature-kit/index.ts';
import { readConfig } from './config/read.ts';
import { errorBody, GatewayError, type ErrorCode } from './core/errors.ts';
import { openGateway, root, type OpenGateway } from './gateway.ts';
import { banner } from './command/banner.ts';
import { closeInGoodOrder } from './command/closing.ts';
import { place, starter } from './command/installation.ts';
import { listen, checkListening } from './command/listen.ts';
import { Connections } from './command/connections.ts';
import { logger } from './command/log.ts';
import { watchConfig } from './command/reload.ts';
import { tellExit } from './command/restart/launcher.ts';
import { Predecessor } from './command/restart/predecessor.ts';
import { Restart } from './command/restart/restart.ts';

const HELP = `switchyard: one OpenAI-compatible endpoint for all your AI providers

  ${starter} [OPTIONS]

  --config FILE   the config file; default: SWITCHYARD_CONFIG, or switchyard.yaml in ${place} if it exists
  --port N        the port to listen on; default: SWITCHYARD_PORT, or server.port (7999)
  --help          shows this text
`;

/** The command was called wrongly. */
class Miscalled extends GatewayError {}

/** The process that this one takes over from; undefined: it is the first. */
const predecessor = Predecessor.find();
process.on('exit', tellExit);

try {
  await main();
} catch (error) {
  if (!(error instanceof GatewayError)) throw error;
  predecessor?.failed(error.message);
  process.stderr.write(`switchyard: ${error.message}\n`);
  process.exitCode = error instanceof Miscalled ? 2 : 1;
}

async function main(): Promise<void> {
  const { help, config: file, port } = options();
  if (help) return void process.stdout.write(HELP);
  const registry = await PluginRegistry.read(root);
  const loaded = await readConfig({ file, root: place, env: process.env, registry });
  const server = { ...loaded.config.server, ...(port === undefined ? {} : { port }) };
  const address = `${server.host}:${server.port}`;
  const fd = predecessor?.listening(address);
  if (fd === undefined) await checkListening(server);
  const { app, gateway } = await open({ ...loaded, config: { ...loaded.config, server } }, registry);
  const connections = new Connections(app.server);
  const url = await listen(app, { ...server, fd });
  predecessor?.takenOver();
  successionOf(gateway).restarts = new Restart(app, gateway, connections, address);
  closeInGoodOrder(app, gateway, connections);
  if (loaded.kept) watchConfig(gateway, app.log);
  process.stdout.write(banner(url, loaded, gateway));
}

async function open(
  loaded: Loaded,
  registry: PluginRegistry,
): Promise<{ app: FastifyInstance; gateway: OpenGateway }> {
  const { app, renew } = renewable({
    bodyLimit: loaded.config.server.bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    logger: logger(process.env),
    // One logger for all: a child for each request costs more than the request itself.
    childLoggerFactory: (parent) => parent,
    // Streams get their time to end in `closing`; what idles is closed at once.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    maxRequestsPerSocket: 0,
    requestTimeout: 0,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
    clientErrorHandler,
    frameworkErrors: unreadable,
  });
  const opened: { gateway?: OpenGateway } = {};
  app.register(async (instance) => {
    // Here rather than outside, so that the guard and the key check come first.
    instance.setNotFoundHandler(nothingHere);
    opened.gateway = await openGateway(instance, {
      loaded,
      registry,
      renew,
      ready: async (gateway) => predecessor?.takePrograms(successionOf(gateway).programs),
    });
  });
  await app.ready();
  return { app, gateway: opened.gateway as OpenGateway };
}

function options(): { help: boolean; config: string | undefined; port: number | undefined } {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        config: { type: 'string' },
        port: { type: 'string' },
      },
    });
    const said = values.port ?? process.env.SWITCHYARD_PORT;
    return {
      help: values.help ?? false,
      config: values.config ?? (process.env.SWITCHYARD_CONFIG || undefined),
      port: portOf(said),
    };
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new Miscalled('config_invalid', `${(error as Error).message}\n\n${HELP}`);
  }
}

function portOf(said: string | undefined): number | undefined {
  if (said === undefined || said === '') return undefined;
  const port = Number(said);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Miscalled('config_invalid', `'${said}' is not a port: give a whole number from 0 to 65535`);
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
