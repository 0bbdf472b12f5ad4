import type { Socket } from 'node:net';

interface Connection {
  readonly id: number;
  readonly tcp: Socket;
  requests: number;
}

/** The open connections by their client's port: below TLS only the TCP socket can be reset. */
export class Connections {
  readonly #byPort = new Map<number, Connection>();
  /** Connections accepted so far. */
  accepted = 0;

  get open(): number {
    return this.#byPort.size;
  }

  add(tcp: Socket): void {
    const { remotePort = 0 } = tcp;
    this.accepted += 1;
    this.#byPort.set(remotePort, { id: this.accepted, tcp, requests: 0 });
    tcp.once('close', () => this.#byPort.delete(remotePort));
    tcp.on('error', () => {}); // A client that resets is nothing out of the way; the answer's 'close' tells it.
  }

  /** Counts a request on its connection. */
  arrived(socket: Socket): { socketId: number; nthOnSocket: number; tcp: Socket } {
    const connection = this.#byPort.get(socket.remotePort ?? 0);
    if (!connection) return { socketId: 0, nthOnSocket: 1, tcp: socket };
    connection.requests += 1;
    return { socketId: connection.id, nthOnSocket: connection.requests, tcp: connection.tcp };
  }

  destroy(): void {
    for (const { tcp } of this.#byPort.values()) tcp.destroy();
  }
}
