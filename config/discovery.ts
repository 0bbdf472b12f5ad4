import type { AddressInfo } from 'node:net';
import type { ProviderPlugin } from '../core/contracts/index.ts';
import { found, type Found } from './detect.ts';

/** ms between two checks of the ports where servers of this machine listen by default */
const EVERY = 10_000;

export interface SearchDeps {
  /** those not found yet */
  readonly plugins: () => readonly ProviderPlugin[];
  readonly take: (found: Found) => Promise<void>;
  /** where the gateway itself listens: it may look like one of them */
  readonly own: () => AddressInfo | string | null;
}

/** Looks for servers that are started after the gateway. */
export class Discovery {
  readonly #deps: SearchDeps;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: SearchDeps) {
    this.#deps = deps;
  }

  begin(): void {
    this.#timer = setInterval(() => void this.search(), EVERY).unref();
  }

  search(): Promise<void> {
    this.#running ??= this.#searchOnce().finally(() => (this.#running = undefined));
    return this.#running;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #searchOnce(): Promise<void> {
    const { plugins, take, own } = this.#deps;
    const address = own();
    const taken = typeof address === 'object' ? address?.port : undefined;
    const onPorts = plugins().filter(({ detect }) => detect && 'port' in detect && detect.port !== taken);
    for (const one of await found(onPorts, {})) await take(one);
  }
}
