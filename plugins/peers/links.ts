import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Host } from '../../core/contracts/index.ts';
import { Link } from './link.ts';
import type { PeerOptions, PeersOptions } from './options.ts';

/** The links to all peers of the config in force. */
export class Links {
  readonly #host: Host;
  readonly #ownId: string;
  readonly #links = new Map<string, { readonly link: Link; readonly of: PeerOptions }>();
  #peers: PeersOptions = {};
  #waiting: (() => void)[] = [];

  constructor(host: Host, ownId: string) {
    this.#host = host;
    this.#ownId = ownId;
  }

  /** The entry of the config that is this gateway itself, else its name among those that share, else the machine's. */
  get ownName(): string {
    const { node } = (this.#host.gateway.settings.config.features['shared'] ?? {}) as { node?: string };
    return this.self ?? node ?? hostname();
  }

  get self(): string | undefined {
    return this.all.find(({ isSelf }) => isSelf)?.name;
  }

  get all(): readonly Link[] {
    return [...this.#links.values()].map(({ link }) => link);
  }

  /** all entries of the config, by name */
  get peers(): PeersOptions {
    return this.#peers;
  }

  /** Takes the peers of a config: links to those that are the same go on. */
  take(peers: PeersOptions): void {
    this.#peers = peers;
    for (const [name, { link, of }] of this.#links)
      if (!isDeepStrictEqual(peers[name], of)) {
        link.close();
        this.#links.delete(name);
      }
    for (const [name, of] of Object.entries(peers)) {
      if (of.url === undefined || this.#links.has(name)) continue;
      const link = new Link(name, {
        host: this.#host,
        ownId: this.#ownId,
        ownName: () => this.ownName,
        changed: () => this.#changed(),
      });
      this.#links.set(name, { link, of });
      link.begin();
    }
  }

  /** Settles when something is known of each, and after that time at the latest. */
  async firstReports(withinMs: number): Promise<void> {
    await this.until(
      () => this.all.every(({ isUp, error }) => isUp || error !== undefined),
      AbortSignal.timeout(withinMs),
    );
  }

  /** Settles with true as soon as something holds of the links, with false when the signal aborts. */
  async until(holds: () => boolean, signal: AbortSignal): Promise<boolean> {
    while (!holds()) {
      if (signal.aborted) return false;
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        this.#waiting.push(resolve);
      });
    }
    return true;
  }

  close(): void {
    for (const { link } of this.#links.values()) link.close();
    this.#links.clear();
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
