import type { IncomingMessage } from 'node:http';
import type { RawData } from 'ws';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../../../core/errors.ts';
import { upgradeOf, type Upgrade } from '../../../../kits/surface-kit/index.ts';
import { End, type Closing } from './end.ts';
import { ws } from './ws.ts';

/** Events of a client's WebSocket. */
export interface Listener {
  message(message: Buffer, isBinary: boolean): void;
  closed(closing: Closing): void;
}

export interface Acceptance {
  /** headers of the answer to its handshake */
  readonly headers: Readonly<Record<string, string | string[] | number>>;
  /** the subprotocol that is spoken; absent: none */
  readonly protocol?: string;
  /** bytes of the longest message */
  readonly longest: number;
  readonly listener: Listener;
}

const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Headers that the library writes, or that are about a body. */
const NOT_OURS = /^(?:sec-|content-|transfer-encoding$|connection$|upgrade$|x-accel-)/;

/** @throws GatewayError `invalid_request` where the handshake is none (RFC 6455 §4.2.1) */
export function handshakeOf(request: FastifyRequest): Upgrade {
  const upgrade = upgradeOf(request) as Upgrade;
  const { 'sec-websocket-key': key = '', 'sec-websocket-version': version } = request.headers;
  if (version !== '13')
    throw new GatewayError('invalid_request', "'Sec-WebSocket-Version' must be 13; no other is spoken here");
  if (!KEY.test(key))
    throw new GatewayError('invalid_request', "'Sec-WebSocket-Key' must be 16 bytes in base64");
  return upgrade;
}

/** Answers the handshake of a client: from here on it is a WebSocket. */
export function accept(request: FastifyRequest, reply: FastifyReply, acceptance: Acceptance): End {
  const { headers, protocol, longest: maxPayload, listener } = acceptance;
  const { socket, head } = upgradeOf(request) as Upgrade;
  const server = new (ws().WebSocketServer)({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    handleProtocols: () => protocol ?? false,
  });
  server.on('headers', (lines: string[], _request: IncomingMessage) => {
    for (const [name, value] of Object.entries(headers))
      if (!NOT_OURS.test(name)) lines.push(`${name}: ${value}`);
  });
  reply.raw.detachSocket(socket);
  const opened: { end?: End } = {};
  server.handleUpgrade(request.raw, socket, head, (client) => {
    // The close event reports errors, too.
    client.on('error', () => undefined);
    client.on('message', (data: RawData, isBinary: boolean) => listener.message(data as Buffer, isBinary));
    client.on('close', (code: number, reason: Buffer) =>
      listener.closed({ code, reason: reason.toString() }),
    );
    opened.end = new End(client, socket);
  });
  if (!opened.end) throw new GatewayError('client_left', 'the client left');
  return opened.end;
}
