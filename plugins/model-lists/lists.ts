import { type Answer, get, isServerError, modelList, refusesKey } from '../../kits/feature-kit/index.ts';
import type { Host, ModelLists, Upstream } from '../../core/contracts/index.ts';
import { readJson } from '../../wire/json.ts';

/** A list fetched less than this many ms ago is not fetched again for an unknown name. */
const FRESH = 1_000;

/** ms for which the model map of a provider is trusted, and that a caller waits for it */
const KEPT = 600_000;
const PATIENCE = 500;

interface Given extends Pick<Host, 'gateway' | 'log' | 'now'> {
  /** called with each provider that has answered; undefined: no listener */
  readonly listed?: ((upstream: Upstream) => void) | undefined;
}

/** Fetches providers' lists of models; each result holds at once. */
export class Lists implements ModelLists {
  readonly #host: Given;
  readonly #withinMs: number;
  /** fetches under way */
  readonly #running = new Map<Upstream, Promise<void>>();
  /** time of the last fetch of each, on the clock of `performance.now()` */
  readonly #seen = new WeakMap<Upstream, number>();

  constructor(host: Given, withinMs: number) {
    this.#host = host;
    this.#withinMs = withinMs;
  }

  fetch(upstream: Upstream): Promise<void> {
    return this.#fetchFrom(upstream, upstream.provider.modelsPath);
  }

  #fetchFrom(upstream: Upstream, path: string | undefined): Promise<void> {
    if (path === undefined || !isUp(upstream)) return Promise.resolve();
    let running = this.#running.get(upstream);
    if (!running) {
      running = this.#request(upstream, path).finally(() => this.#running.delete(upstream));
      this.#running.set(upstream, running);
    }
    return running;
  }

  async fetchAll(which: (upstream: Upstream) => boolean = () => true): Promise<void> {
    const upstreams = [...this.#host.gateway.upstreams.values()];
    await Promise.all(upstreams.filter(which).map((upstream) => this.fetch(upstream)));
  }

  refresh(): Promise<void> {
    const since = performance.now() - FRESH;
    return this.fetchAll((upstream) => (this.#seen.get(upstream) ?? -Infinity) < since);
  }

  async fetchMapped(): Promise<void> {
    const since = performance.now() - KEPT;
    const mapped = [...this.#host.gateway.upstreams.values()].filter(
      (upstream) =>
        upstream.provider.models && !upstream.process && (this.#seen.get(upstream) ?? -Infinity) < since,
    );
    if (mapped.length === 0) return;
    const fetched = Promise.all(
      mapped.map((upstream) => this.#fetchFrom(upstream, upstream.provider.checkPath)),
    );
    await Promise.race([fetched, passing(PATIENCE)]);
  }

  take(upstream: Upstream, { status, body }: Answer): void {
    const { gateway, log } = this.#host;
    this.#seen.set(upstream, performance.now());
    this.#learn(upstream, status, `it answered ${status}`);
    try {
      if (status !== 200) throw new Error(`it answered ${status}`);
      const leadElsewhere = upstream.takeList(modelList(readJson(body.toString())));
      this.#host.listed?.(upstream);
      if (!leadElsewhere) return;
      gateway.models.forget();
      log.debug(`${upstream.provider.name} has ${upstream.listed?.size ?? 'any'} models`);
    } catch (error) {
      this.#tell(upstream, error as Error);
    }
  }

  async #request(upstream: Upstream, path: string): Promise<void> {
    try {
      this.take(
        upstream,
        await get(this.#host.gateway.transport, upstream.target('*'), path, this.#withinMs),
      );
    } catch (error) {
      this.#seen.set(upstream, performance.now());
      this.#learn(upstream, 500, (error as Error).message);
      this.#tell(upstream, error as Error);
    }
  }

  /**
   * Any answer proves that the server runs, even without a list; a refused key proves neither. For a program, its probe
   * counts instead.
   */
  #learn(upstream: Upstream, status: number, problem: string): void {
    if (upstream.process || upstream.provider.models || refusesKey(status)) return;
    upstream.checked(this.#host.now(), isServerError(status) ? problem : undefined);
  }

  #tell({ provider: { name } }: Upstream, { message }: Error): void {
    this.#host.log.debug(
      `${name} does not say which models it has (${message}); what is known of it holds on`,
    );
  }
}

const isUp = ({ process }: Upstream): boolean => process === undefined || process.state === 'healthy';

/** Does not keep the process alive: the promise it races against does. */
export const passing = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, ms).unref());
