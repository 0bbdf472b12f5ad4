import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../core/errors.ts';
import { starterWith } from './installation.ts';
import { listenOnOthers } from './listen-on-others.ts';
import { choosePort } from '../kits/process-kit/index.ts';

interface Place {
  readonly host: string;
  readonly port: number;
  /** a socket that listens already, of the process before this one */
  readonly fd?: number | undefined;
  /** Several threads listen there. */
  readonly isShared?: boolean;
}

/**
 * The listen queue is as long as the kernel allows (Linux: `net.core.somaxconn`), which caps this number; Node's own
 * 511 loses bursts.
 */
const BACKLOG = 65_535;

/**
 * Checks that the port is free before anything is started for it.
 * @throws GatewayError naming the program that has the port, and the remedy
 */
export async function checkListening({ host, port }: Place): Promise<void> {
  try {
    await choosePort(port === 0 ? 'free' : port, host);
  } catch (error) {
    throw told(error as Error, { host, port });
  }
}

/** @returns the URL it listens on */
export async function listen(
  app: FastifyInstance,
  { host, port, fd, isShared = false }: Place,
): Promise<string> {
  try {
    const url = await app.listen({
      host,
      port,
      ...(fd !== undefined && { fd }),
      ...(isShared && { reusePort: true }),
      backlog: BACKLOG,
      listenTextResolver: (address: string) => `listening on ${address}`,
    });
    if (fd !== undefined) listenLonger(app.server);
    await listenOnOthers(app, host, { reusePort: isShared, backlog: BACKLOG });
    return url;
  } catch (error) {
    await app.close();
    await checkListening({ host, port });
    throw told(error as Error, { host, port });
  }
}

function told(error: Error, { host, port }: Place): GatewayError {
  const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
  const another = `start with another port: ${starterWith} --port ${port === 65_535 ? port - 1 : port + 1}`;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `${error.message}; or ${another}`,
    EACCES: `port ${port} needs rights that this user does not have; ${another}`,
    EADDRNOTAVAIL: `server.host '${host}' is not an address of this machine; use 127.0.0.1`,
    ENOTFOUND: `server.host '${host}' does not resolve; use 127.0.0.1`,
  };
  return new GatewayError('config_invalid', why[code ?? ''] ?? error.message, { cause: error });
}

/** The descriptor of the socket that it listens on; undefined: this system has none. */
export function descriptorOf(server: Server): number | undefined {
  const handle = handleOf(server);
  return handle && handle.fd >= 0 ? handle.fd : undefined;
}

/** Node listens on a descriptor with a queue of 511, whatever it is told (24.21). The last call holds. */
function listenLonger(server: Server): void {
  handleOf(server)?.listen(BACKLOG);
}

interface Handle {
  readonly fd: number;
  listen(backlog: number): number;
}

function handleOf(server: Server): Handle | null {
  const { _handle: handle } = server as unknown as { readonly _handle: Handle | null };
  return handle;
}
