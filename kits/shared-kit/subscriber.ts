import type { Client } from './connect.ts';

export type OnMessage = (text: string) => void;

/** Receives messages that gateways publish, over a connection of its own. */
export class Subscriber {
  readonly #open: () => Client;
  readonly #prefix: string;
  readonly #listeners = new Map<string, OnMessage>();
  #client: Client | undefined;

  /** @param open makes a client that is not connected yet @param prefix of all channels */
  constructor(open: () => Client, prefix: string) {
    this.#open = open;
    this.#prefix = prefix;
  }

  subscribe(channel: string, listener: OnMessage): void {
    this.#listeners.set(channel, listener);
    this.#subscribe((this.#client ??= this.#connected()), channel, listener);
  }

  /** Continues over another connection: messages in between are lost. */
  replace(): void {
    if (!this.#client) return;
    this.close();
    const client = (this.#client = this.#connected());
    for (const [channel, listener] of this.#listeners) this.#subscribe(client, channel, listener);
  }

  close(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client?.isOpen) client.destroy();
  }

  #connected(): Client {
    const client = this.#open();
    client.on('error', () => undefined);
    // It keeps trying by itself.
    client.connect().catch(() => undefined);
    return client;
  }

  #subscribe(client: Client, channel: string, listener: OnMessage): void {
    const subscribe = (): void => {
      if (client !== this.#client) return;
      // The client subscribes again by itself once it has done so.
      client.subscribe(this.#prefix + channel, listener).catch(() => client.once('ready', subscribe));
    };
    if (client.isReady) subscribe();
    else client.once('ready', subscribe);
  }
}
