import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { ClientDisconnect } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Connections } from '../connections.ts';
import type { Link } from './link.ts';

/** ms that last answers may take to reach clients, and then what was learned of them to be stored */
const [LAST_WORDS, LAST_NEWS] = [500, 1_000];
/** ms between two checks for connections that are idle by now */
const CHECK_EVERY = 20;

interface Falling {
  readonly app: FastifyInstance;
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly link: Link;
}

/**
 * A thread that cannot go on ends: the main thread is told why, and each client gets that in its own protocol. An answer
 * that cannot be told so is broken by a reset, which no client takes for its end.
 */
export class Fall {
  readonly #falling: Falling;
  readonly #running = new Set<ClientDisconnect>();
  readonly #exit = process.exit;
  #hasBegun = false;

  constructor(falling: Falling) {
    this.#falling = falling;
    const { events } = falling.gateway;
    events.request.on(({ disconnect }) => void this.#running.add(disconnect));
    events.end.on(({ disconnect }) => void this.#running.delete(disconnect));
  }

  /** From now on uncaught errors, and plugins that end their process, are the end of this thread. */
  begin(): void {
    process.on('uncaughtException', (thrown) => void this.because(thrown));
    process.exit = (code) => {
      const called = new Error(`process.exit(${code ?? ''}) was called in it`);
      void this.because(called);
      throw called;
    };
  }

  /** It was told to end. */
  isOrdered(): void {
    process.exit = this.#exit;
  }

  async because(thrown: unknown): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { app, connections, link } = this.#falling;
    const why = thrown instanceof Error ? thrown : new Error(String(thrown));
    link.give('fell', { message: why.message, stack: why.stack }, []);
    Server.prototype.close.call(app.server);
    const told = new GatewayError(
      'shutting_down',
      'the thread of the gateway that had this request has failed; send it again',
    );
    for (const disconnect of this.#running) disconnect.end(told);
    const idle = setInterval(() => connections.closeIdle(), CHECK_EVERY);
    const closed = app.close().catch(() => undefined);
    await Promise.race([closed, sleep(LAST_WORDS)]);
    clearInterval(idle);
    connections.closeIdle();
    connections.reset();
    await Promise.race([closed, sleep(LAST_NEWS)]);
    link.flush();
    this.#exit(1);
  }
}
