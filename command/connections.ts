import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** All connections of a server. */
export class Connections {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** At the end of this turn: timers come before sockets are read, and a request that has arrived by then would be lost. */
  closeIdle(): void {
    setImmediate(() => {
      this.#server.closeIdleConnections();
      // Node does not count a connection without a request as idle, but closing it loses nothing.
      for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
    });
  }

  /** Breaks what is left, so that no client takes the end of its connection for the end of its answer. */
  reset(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }
}
