import { get, type Answer } from '../../kits/feature-kit/own-request.ts';
import type { Host, ModelLists, Upstream } from '../../core/contracts/index.ts';
import { modelList } from '../../kits/feature-kit/model-list.ts';

/** A list that was looked at so many ms ago is not looked at again for a name that it does not have. */
const FRESH = 1_000;

/** ms for which the word of a provider with a map about its models is kept, and that a caller waits for it */
const KEPT = 600_000;
const PATIENCE = 500;

/** Looks at providers' lists of models; what they say holds at once. */
export class Lists implements ModelLists {
  readonly #host: Pick<Host, 'gateway' | 'log' | 'now'>;
  readonly #within: number;
  /** looks under way */
  readonly #looks = new Map<Upstream, Promise<void>>();
  /** when each was looked at last, on the clock of `performance.now()` */
  readonly #seen = new WeakMap<Upstream, number>();

  constructor(host: Pick<Host, 'gateway' | 'log' | 'now'>, within: number) {
    this.#host = host;
    this.#within = within;
  }

  look(upstream: Upstream): Promise<void> {
    return this.#lookAt(upstream, upstream.provider.modelsPath);
  }

  #lookAt(upstream: Upstream, path: string | undefined): Promise<void> {
    if (path === undefined || !isUp(upstream)) return Promise.resolve();
    let running = this.#looks.get(upstream);
    if (!running) {
      running = this.#look(upstream, path).finally(() => this.#looks.delete(upstream));
      this.#looks.set(upstream, running);
    }
    return running;
  }

  async lookAtAll(which: (upstream: Upstream) => boolean = () => true): Promise<void> {
    const upstreams = [...this.#host.gateway.upstreams.values()];
    await Promise.all(upstreams.filter(which).map((upstream) => this.look(upstream)));
  }

  lookAgain(): Promise<void> {
    const since = performance.now() - FRESH;
    return this.lookAtAll((upstream) => (this.#seen.get(upstream) ?? -Infinity) < since);
  }

  async lookAtMapped(): Promise<void> {
    const since = performance.now() - KEPT;
    const mapped = [...this.#host.gateway.upstreams.values()].filter(
      (upstream) =>
        upstream.provider.models && !upstream.process && (this.#seen.get(upstream) ?? -Infinity) < since,
    );
    if (mapped.length === 0) return;
    const looks = Promise.all(mapped.map((upstream) => this.#lookAt(upstream, upstream.provider.checkPath)));
    await Promise.race([looks, passing(PATIENCE)]);
  }

  saw(upstream: Upstream, { status, body }: Answer): void {
    const { gateway, log } = this.#host;
    this.#seen.set(upstream, performance.now());
    this.#learn(upstream, status, `it answered ${status}`);
    try {
      if (status !== 200) throw new Error(`it answered ${status}`);
      if (!upstream.takeList(modelList(JSON.parse(body.toString())))) return;
      gateway.forget();
      log.debug(`${upstream.provider.name} has ${upstream.listed?.size ?? 'any'} models`);
    } catch (error) {
      this.#tell(upstream, error as Error);
    }
  }

  async #look(upstream: Upstream, path: string): Promise<void> {
    try {
      this.saw(upstream, await get(this.#host.gateway.transport, upstream.target('*'), path, this.#within));
    } catch (error) {
      this.#seen.set(upstream, performance.now());
      this.#learn(upstream, 500, (error as Error).message);
      this.#tell(upstream, error as Error);
    }
  }

  /** Who answers is there, though it lists nothing; a no to the key says neither. A program's own probe knows better. */
  #learn(upstream: Upstream, status: number, problem: string): void {
    if (upstream.process || upstream.provider.models || status === 401 || status === 403) return;
    upstream.lastCheck = { at: this.#host.now(), ...(status >= 500 && { problem }) };
  }

  #tell({ provider: { name } }: Upstream, { message }: Error): void {
    this.#host.log.debug(
      `${name} does not say which models it has (${message}); what is known of it holds on`,
    );
  }
}

const isUp = ({ process }: Upstream): boolean => process === undefined || process.state === 'healthy';

/** Holds no process open: what it is raced against does. */
export const passing = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, ms).unref());
