import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../core/errors.ts';
import { successionOf, type Restarts, type Succession } from '../../kits/feature-kit/index.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { listensElsewhere } from '../listen-on-others.ts';
import type { Connections } from '../connections.ts';
import { retire } from './retire.ts';
import { startSuccessor } from './successor.ts';

/** The other threads of the gateway. */
interface OtherThreads {
  /** those that they listen on */
  readonly sockets: readonly number[];
  retire(): Promise<void>;
}

interface Parts {
  readonly connections: Connections;
  /** where it listens, as `HOST:PORT` of the config */
  readonly address: string;
  readonly threads: OtherThreads | undefined;
}

/** Puts a new process in the place of this one, which ends its answers. */
export class Restart implements Restarts {
  readonly #app: FastifyInstance;
  readonly #succession: Succession;
  readonly #connections: Connections;
  readonly #address: string;
  readonly #threads: OtherThreads | undefined;
  #running: Promise<{ readonly pid: number }> | undefined;

  constructor(app: FastifyInstance, gateway: Gateway, { connections, address, threads }: Parts) {
    this.#app = app;
    this.#succession = successionOf(gateway);
    this.#connections = connections;
    this.#address = address;
    this.#threads = threads;
  }

  restart(): Promise<{ readonly pid: number }> {
    this.#running ??= this.#restart().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #restart(): Promise<{ readonly pid: number }> {
    const { log, server } = this.#app;
    if (this.#succession.replaced.aborted || !server.listening)
      throw new GatewayError('restart_failed', 'this process is ending already; another one has its port');
    if (listensElsewhere(this.#app))
      throw new GatewayError(
        'restart_failed',
        "server.host 'localhost' means two sockets here, and one can be handed over: name 127.0.0.1 or ::1 instead",
      );
    log.info('restart: a new process starts');
    const pid = await startSuccessor({
      server: server as Server,
      sockets: this.#threads?.sockets ?? [],
      address: this.#address,
      programs: this.#succession.programs,
    }).catch((error: Error) => {
      log.error(error.message);
      throw error;
    });
    log.info(`restart: process ${pid} has taken over; this one (${process.pid}) ends its running answers`);
    this.#succession.replace();
    void retire(this.#app, this.#connections, this.#threads?.retire());
    return { pid };
  }
}
