import { join } from 'node:path';
import type { Host } from '../../../../../core/contracts/index.ts';
import type { SharedStore, Waiting } from '../../../../../kits/store-kit/shared-store.ts';
import { storeLost } from '../../../../../kits/store-kit/store-lost.ts';
import { storeOf } from '../../../../../kits/store-kit/store-of.ts';
import { StoreThread } from '../../../../../kits/store-kit/store-thread.ts';
import type { ResponsesOptions } from './options.ts';
import type { Asked, KeptResponse, MadeResponse, StateSettings } from './rows.ts';
import type { StateTables } from './tables.ts';
import { TOPIC } from './topic.ts';

/** Which provider made a response, and for which key. */
export interface Maker {
  readonly provider: string;
  readonly owner: string;
}

/** ms between two writes of makers; the second where other gateways may need them next */
const WRITE_EVERY_MS = 1_000;
const WRITE_SOON_MS = 20;

/** The responses that were made here, and of those that providers keep, which provider it was: in a file, or in PostgreSQL. */
export class ResponsesMemory {
  readonly enabled: boolean;
  readonly #host: Host;
  readonly #count: number;
  readonly #shared: SharedStore | undefined;
  /** a `StateStore` where nothing is shared, which has the same methods except those for notifications */
  readonly #store: StoreThread<StateTables>;
  /** those that were used lately */
  readonly #makers = new Map<string, Maker>();
  #unwritten: MadeResponse[] = [];
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;
  #isClosed = false;

  constructor({ enabled, keep, count, size }: ResponsesOptions, host: Host) {
    this.enabled = enabled;
    this.#host = host;
    this.#count = count;
    const shared = storeOf(host.gateway);
    this.#shared = shared;
    const settings: StateSettings = {
      file: join(host.config.home, 'responses.db'),
      keepMs: keep,
      count,
      size,
      ...(shared && { postgres: shared.settings }),
    };
    const module = new URL('./thread.ts', import.meta.url);
    const say = (text: string): void => host.log.warn(text);
    const standing = (waiting: Waiting): void => shared?.waits('responses', waiting);
    this.#store = new StoreThread({ name: 'responses', module, settings, say, standing });
    if (shared && enabled) this.#share(shared);
  }

  /** Not awaited: the thread answers later questions after it. */
  save(kept: Omit<KeptResponse, 'at'>): void {
    if (!this.enabled) return;
    this.#store.ask('save', { ...kept, at: this.#host.date() }).then(
      () => (this.#hasFailed = false),
      (error: unknown) => this.#failed(error as Error),
    );
  }

  /** @param waits for what another gateway has just made @throws GatewayError `store_unavailable` */
  async find(id: string, owner: string, waits = false): Promise<KeptResponse | undefined> {
    if (!this.enabled) return undefined;
    return this.#known(this.#store.ask('find', id, owner, this.#asked(waits)));
  }

  /** @throws GatewayError `store_unavailable` */
  async remove(id: string, owner: string): Promise<boolean> {
    return this.enabled && this.#known(this.#store.ask('remove', id, owner, this.#asked(false)));
  }

  /**
   * It is looked for in the file where it was made before a restart, and in PostgreSQL where another gateway may have it.
   * @throws GatewayError `store_unavailable`
   */
  async makerOf(id: string): Promise<Maker | undefined> {
    const known = this.#makers.get(id);
    if (known || !this.enabled) return known;
    return this.#known(this.#store.ask('maker', id, this.#asked(true)));
  }

  madeBy(id: string, maker: Maker): void {
    this.#makers.delete(id);
    this.#makers.set(id, maker);
    const [oldest] = this.#makers.keys();
    if (this.#makers.size > this.#count) this.#makers.delete(oldest as string);
    if (!this.enabled) return;
    this.#unwritten.push({ id, ...maker, at: this.#host.date() });
    const ms = this.#shared ? WRITE_SOON_MS : WRITE_EVERY_MS;
    this.#timer ??= setTimeout(() => this.#writeMakers(), ms).unref();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#writeMakers();
    return this.#store.close();
  }

  /** Sends what waits from before, and removes what other gateways remove. */
  #share(shared: SharedStore): void {
    const ignored = (): undefined => undefined;
    // The start does not wait for the thread.
    this.#host.app.addHook(
      'onReady',
      async () => void setImmediate(() => !this.#isClosed && this.#store.open()),
    );
    shared.onNotification(TOPIC, (id) => {
      if (!this.#isClosed) this.#store.ask('forget', id).catch(ignored);
    });
    shared.onFound(() => {
      if (!this.#isClosed) this.#store.ask('found').catch(ignored);
    });
  }

  #asked(waits: boolean): Asked {
    const problem = this.#shared?.problem;
    return { now: this.#host.date(), waits, ...(problem !== undefined && { problem }) };
  }

  async #known<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.#shared
        ? storeLost('it is not known here whether there is such a response', error as Error)
        : error;
    }
  }

  #writeMakers(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const made = this.#unwritten;
    this.#unwritten = [];
    if (made.length > 0) this.#store.ask('saveMakers', made).catch((error: Error) => this.#failed(error));
  }

  #failed({ message }: Error): void {
    if (!this.#hasFailed) this.#host.log.warn(`responses cannot be kept, requests go on: ${message}`);
    this.#hasFailed = true;
  }
}
