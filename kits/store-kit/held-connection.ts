import type { Client } from 'pg';
import type { Connections } from './connections.ts';
import { isRefused } from './refusal.ts';

/** The connection of one question: taken for it, and given back once, whatever became of it. */
export class HeldConnection {
  readonly #connections: Connections;
  #client: Client | undefined;
  #isOver = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  get isTaken(): boolean {
    return this.#client !== undefined;
  }

  async during<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#connections.take();
    if (this.#isOver) {
      this.#connections.give(client, true);
      throw new Error('it came too late');
    }
    this.#client = client;
    try {
      const done = await work(client);
      this.giveBack(client.getTransactionStatus() === 'I');
      return done;
    } catch (error) {
      this.giveBack(this.#isUsableAfter(client, error));
      throw error;
    }
  }

  /** @param isUsable false: it is closed at once */
  giveBack(isUsable: boolean): void {
    this.#isOver = true;
    const client = this.#client;
    this.#client = undefined;
    if (client) this.#connections.give(client, isUsable);
  }

  /** A server that has had enough, or takes no writes any more, is connected to again: it may be another one then. */
  #isUsableAfter(client: Client, error: unknown): boolean {
    const isOfServer = (error as { readonly severity?: unknown }).severity !== undefined;
    if (client.connection.stream.destroyed || this.#connections.error(client)) return false;
    return !isOfServer || isRefused(error);
  }
}
