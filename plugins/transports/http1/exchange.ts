import type { Exchange, Handler } from '../../../core/contracts/index.ts';
import type { Connection } from './connection.ts';

/** A request in flight, and its answer, on a connection of its own. */
export class Http1Exchange implements Exchange {
  readonly handler: Handler;
  /** undefined: it is over */
  connection: Connection | undefined;

  constructor(handler: Handler) {
    this.handler = handler;
  }

  abort(): void {
    this.connection?.drop();
  }

  pause(): void {
    this.connection?.pause();
  }

  resume(): void {
    this.connection?.resume();
  }

  ignore(): void {
    this.resume();
  }
}
