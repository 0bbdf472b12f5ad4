import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServerResponse } from '../../wire/node-http.ts';

/** The connection of a request that wants another protocol, and what came of it behind the request. */
export interface Upgrade {
  readonly socket: Socket;
  readonly head: Buffer;
}

type ShouldUpgrade = (request: IncomingMessage) => boolean;
/** Since Node 22.21 and 24.9. */
type AskingServer = Server & { shouldUpgradeCallback?: ShouldUpgrade };

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** undefined: it is a request like any other */
export const upgradeOf = ({ raw }: FastifyRequest): Upgrade | undefined => upgrades.get(raw);

export const wantsWebSocket = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Upgrades that `takes` wants go through the app's hooks and routes as other requests do; `upgradeOf` has the connection
 * then. All others, such as `Upgrade: h2c`, stay what they are without it, also in an app that has upgrades of its own.
 * A Node that decides about all upgrades at once takes none.
 */
export function takeUpgrades(app: FastifyInstance, takes: ShouldUpgrade): void {
  const server = app.server as AskingServer;
  const known = taken.get(server) ?? listenOn(server);
  if (!known) return;
  known.takes.add(takes);
  app.addHook('onClose', async () => {
    known.takes.delete(takes);
    if (known.takes.size === 0) known.end();
  });
}

interface Taken {
  /** of each surface that takes upgrades; one that is replaced and its successor have one each for a while */
  readonly takes: Set<ShouldUpgrade>;
  readonly end: () => void;
}

const taken = new WeakMap<Server, Taken>();

function listenOn(server: AskingServer): Taken | undefined {
  const before = server.shouldUpgradeCallback;
  if (!before) return undefined;
  const all = new Set<ShouldUpgrade>();
  const takes = (request: IncomingMessage): boolean => [...all].some((one) => one(request));
  // It counts the listeners, of which one is ours.
  const others = Object.create(server, {
    listenerCount: { value: (event: string) => server.listenerCount(event) - 1 },
  }) as Server;
  server.shouldUpgradeCallback = (request) => takes(request) || before.call(others, request);
  const take = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    if (takes(request)) route(server, request, { socket, head });
  };
  server.on('upgrade', take);
  const end = (): void => {
    server.off('upgrade', take);
    server.shouldUpgradeCallback = before;
    taken.delete(server);
  };
  const one = { takes: all, end };
  taken.set(server, one);
  return one;
}

function route(server: Server, request: IncomingMessage, upgrade: Upgrade): void {
  const { socket } = upgrade;
  upgrades.set(request, upgrade);
  // Node listens to it no more.
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  // Node tells the end of a response only as long as it has the connection.
  socket.once('close', () => {
    if (!response.closed && response.socket === null) response.emit('close');
  });
  // Until it is taken over: a client that leaves is seen only where its connection is read.
  socket.once('end', () => response.socket && socket.destroy());
  socket.resume();
  server.emit('request', request, response);
}
