import { look, type Answer } from '../../core/ask.ts';
import type { Berth } from '../../core/berth.ts';
import type { Host } from '../../core/contracts.ts';
import { modelList } from '../../core/model-list.ts';
import type { ModelLists } from '../../core/yard.ts';

/** A list that was looked at so many ms ago is not looked at again for a name that it does not have. */
const FRESH = 1_000;

/** ms for which the word of a provider with a map about its models is kept, and that a caller waits for it */
const KEPT = 600_000;
const PATIENCE = 500;

/** Looks at providers' lists of models; what they say holds at once. */
export class Lists implements ModelLists {
  readonly #host: Pick<Host, 'yard' | 'log' | 'now'>;
  readonly #within: number;
  /** looks under way */
  readonly #looks = new Map<Berth, Promise<void>>();
  /** when each was looked at last, on the clock of `performance.now()` */
  readonly #seen = new WeakMap<Berth, number>();

  constructor(host: Pick<Host, 'yard' | 'log' | 'now'>, within: number) {
    this.#host = host;
    this.#within = within;
  }

  look(berth: Berth): Promise<void> {
    return this.#lookAt(berth, berth.provider.modelsPath);
  }

  #lookAt(berth: Berth, path: string | undefined): Promise<void> {
    if (path === undefined || !isUp(berth)) return Promise.resolve();
    let running = this.#looks.get(berth);
    if (!running) {
      running = this.#look(berth, path).finally(() => this.#looks.delete(berth));
      this.#looks.set(berth, running);
    }
    return running;
  }

  async lookAtAll(which: (berth: Berth) => boolean = () => true): Promise<void> {
    const berths = [...this.#host.yard.berths.values()];
    await Promise.all(berths.filter(which).map((berth) => this.look(berth)));
  }

  lookAgain(): Promise<void> {
    const since = performance.now() - FRESH;
    return this.lookAtAll((berth) => (this.#seen.get(berth) ?? -Infinity) < since);
  }

  async lookAtMapped(): Promise<void> {
    const since = performance.now() - KEPT;
    const mapped = [...this.#host.yard.berths.values()].filter(
      (berth) => berth.provider.models && !berth.process && (this.#seen.get(berth) ?? -Infinity) < since,
    );
    if (mapped.length === 0) return;
    const looks = Promise.all(mapped.map((berth) => this.#lookAt(berth, berth.provider.lookPath)));
    await Promise.race([looks, passing(PATIENCE)]);
  }

  saw(berth: Berth, { status, body }: Answer): void {
    const { yard, log } = this.#host;
    this.#seen.set(berth, performance.now());
    this.#learn(berth, status, `it answered ${status}`);
    try {
      if (status !== 200) throw new Error(`it answered ${status}`);
      if (!berth.takeList(modelList(JSON.parse(body.toString())))) return;
      yard.forget();
      log.debug(`${berth.provider.name} has ${berth.listed?.size ?? 'any'} models`);
    } catch (error) {
      this.#tell(berth, error as Error);
    }
  }

  async #look(berth: Berth, path: string): Promise<void> {
    try {
      this.saw(berth, await look(this.#host.yard.transport, berth.target('*'), path, this.#within));
    } catch (error) {
      this.#seen.set(berth, performance.now());
      this.#learn(berth, 500, (error as Error).message);
      this.#tell(berth, error as Error);
    }
  }

  /** Who answers is there, though it lists nothing; a no to the key says neither. A program's own probe knows better. */
  #learn(berth: Berth, status: number, problem: string): void {
    if (berth.process || berth.provider.models || status === 401 || status === 403) return;
    berth.look = { at: this.#host.now(), ...(status >= 500 && { problem }) };
  }

  #tell({ provider: { name } }: Berth, { message }: Error): void {
    this.#host.log.debug(
      `${name} does not say which models it has (${message}); what is known of it holds on`,
    );
  }
}

const isUp = ({ process }: Berth): boolean => process === undefined || process.state === 'healthy';

/** Holds no process open: what it is raced against does. */
export const passing = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, ms).unref());
