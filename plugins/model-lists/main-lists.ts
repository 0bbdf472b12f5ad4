import type { Gateway, ListedModel, ModelLists, Upstream } from '../../core/contracts/index.ts';
import type { Threads } from '../../kits/feature-kit/index.ts';

/** A provider's name, and its models as it has listed them. */
type Told = readonly [provider: string, list: readonly (readonly [string, ListedModel])[]];

const told = ({ provider, details }: Upstream): Told => [provider.name, [...(details ?? [])]];

/** In the main thread: sends each new list to the others. */
export function tellLists(threads: Threads, { upstreams }: Gateway): (upstream: Upstream) => void {
  threads.on('list', (name: string) => {
    const upstream = upstreams.get(name);
    return upstream?.details && told(upstream);
  });
  return (upstream) => threads.tell('listed', told(upstream));
}

/** In any other thread: the lists that the main one fetches. */
export class MainLists implements ModelLists {
  readonly #threads: Threads;
  readonly #gateway: Gateway;

  constructor(threads: Threads, gateway: Gateway) {
    this.#threads = threads;
    this.#gateway = gateway;
    threads.on('listed', (list: Told) => this.#take(list));
  }

  async fetch({ provider }: Upstream): Promise<void> {
    const [list] = await this.#threads.ask('list', provider.name);
    if (list) this.#take(list as Told);
  }

  async fetchAll(): Promise<void> {
    await Promise.all([...this.#gateway.upstreams.values()].map((upstream) => this.fetch(upstream)));
  }

  // A request for an unknown model is answered by the main thread, which reads the lists then.
  async refresh(): Promise<void> {}
  async fetchMapped(): Promise<void> {}
  take(): void {}

  #take([name, list]: Told): void {
    if (this.#gateway.upstreams.get(name)?.takeList(new Map(list))) this.#gateway.models.forget();
  }
}
