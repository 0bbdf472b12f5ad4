import type { Client } from './connect.ts';

export type Heard = (text: string) => void;

/** Hears what gateways tell each other, over a connection of its own. */
export class Hearing {
  readonly #open: () => Client;
  readonly #prefix: string;
  readonly #heard = new Map<string, Heard>();
  #client: Client | undefined;

  /** @param open makes a client that is not connected yet @param prefix of all channels */
  constructor(open: () => Client, prefix: string) {
    this.#open = open;
    this.#prefix = prefix;
  }

  hear(channel: string, heard: Heard): void {
    this.#heard.set(channel, heard);
    this.#subscribe((this.#client ??= this.#connected()), channel, heard);
  }

  /** By another connection: what was told meanwhile was not heard. */
  replace(): void {
    if (!this.#client) return;
    this.close();
    const client = (this.#client = this.#connected());
    for (const [channel, heard] of this.#heard) this.#subscribe(client, channel, heard);
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

  #subscribe(client: Client, channel: string, heard: Heard): void {
    const subscribe = (): void => {
      if (client !== this.#client) return;
      // The client subscribes again by itself once it has done so.
      client.subscribe(this.#prefix + channel, heard).catch(() => client.once('ready', subscribe));
    };
    if (client.isReady) subscribe();
    else client.once('ready', subscribe);
  }
}
