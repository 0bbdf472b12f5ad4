import type * as contract from '../contracts/index.ts';
import type { Socket } from 'node:net';
import { GatewayError } from '../errors.ts';

export const clientLeft = (): GatewayError => new GatewayError('client_left', 'the client left');

/** The requests under way on each connection; more than one only where a client pipelines. */
const underWay = new WeakMap<Socket, ClientDisconnect[]>();

/**
 * Whether the client has disconnected. An AbortSignal is made on first use: nearly every request ends without one,
 * and it costs more than all the rest of a context.
 */
export class ClientDisconnect implements contract.ClientDisconnect {
  disconnected = false;
  error: Error | undefined;
  #attempt: contract.Interruptible | undefined;
  #socket: Socket | undefined;
  #others: ClientDisconnect[] | undefined;
  #controller: AbortController | undefined;

  /** Of the client at the other end of a connection. */
  static of(socket: Socket): ClientDisconnect {
    const disconnect = new ClientDisconnect();
    const requests = underWay.get(socket) ?? begin(socket);
    requests.push(disconnect);
    disconnect.#others = requests;
    disconnect.#socket = socket;
    if (socket.destroyed) disconnect.leave();
    return disconnect;
  }

  during(attempt: contract.Interruptible | undefined): void {
    this.#attempt = attempt;
  }

  end(error: Error): void {
    if (this.disconnected) return;
    this.disconnected = true;
    this.error = error;
    this.#attempt?.interrupt(error);
    this.#controller?.abort();
  }

  leave(): void {
    this.disconnected = true;
    this.#attempt?.leave();
    this.#controller?.abort();
  }

  /** The request is over: what becomes of its connection from here on is no leaving. */
  over(): void {
    const at = this.#others?.indexOf(this) ?? -1;
    if (at >= 0) this.#others?.splice(at, 1);
  }

  /** the client's address */
  get from(): string {
    return this.#socket?.remoteAddress ?? '';
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.disconnected) this.#controller.abort();
    return this.#controller.signal;
  }
}

/** One listener serves a connection for all its requests: a listener for each response would be the largest cost here. */
function begin(socket: Socket): ClientDisconnect[] {
  const requests: ClientDisconnect[] = [];
  socket.once('close', () => {
    for (const disconnect of requests.slice()) disconnect.leave();
  });
  underWay.set(socket, requests);
  return requests;
}
