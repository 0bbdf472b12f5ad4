import { join } from 'node:path';
import type { Host } from '../../../../../core/contracts/index.ts';
import { StoreThread } from '../../../../../kits/store-kit/store-thread.ts';
import type { ResponsesOptions } from './options.ts';
import type { KeptResponse, MadeResponse, StateSettings, StateStore } from './store.ts';

/** Which provider made a response, and for which key. */
export interface Maker {
  readonly provider: string;
  readonly owner: string;
}

/** ms between two times that makers are written */
const WRITE_EVERY_MS = 1_000;

/** The responses that were made here, and of those that providers keep, which provider it was: in a file. */
export class ResponsesMemory {
  readonly enabled: boolean;
  readonly #host: Host;
  readonly #count: number;
  readonly #store: StoreThread<StateStore>;
  /** those that were heard of lately */
  readonly #makers = new Map<string, Maker>();
  #unwritten: MadeResponse[] = [];
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;

  constructor({ enabled, keep, count, size }: ResponsesOptions, host: Host) {
    this.enabled = enabled;
    this.#host = host;
    this.#count = count;
    const settings: StateSettings = {
      file: join(host.config.home, 'responses.db'),
      keepMs: keep,
      count,
      size,
    };
    const module = new URL('./thread.ts', import.meta.url);
    const say = (text: string): void => host.log.warn(text);
    this.#store = new StoreThread({ name: 'responses', module, settings, say });
  }

  /** Nothing waits for it: what is looked for later is looked for behind it. */
  save(kept: Omit<KeptResponse, 'at'>): void {
    if (!this.enabled) return;
    this.#store.ask('save', { ...kept, at: this.#host.date() }).then(
      () => (this.#hasFailed = false),
      (error: unknown) => this.#failed(error as Error),
    );
  }

  async find(id: string, owner: string): Promise<KeptResponse | undefined> {
    return this.enabled ? this.#store.ask('find', id, owner, this.#host.date()) : undefined;
  }

  async remove(id: string, owner: string): Promise<boolean> {
    return this.enabled && this.#store.ask('remove', id, owner);
  }

  /** It is looked for in the file where it was made before a restart. */
  async makerOf(id: string): Promise<Maker | undefined> {
    const known = this.#makers.get(id);
    if (known || !this.enabled) return known;
    return this.#store.ask('maker', id, this.#host.date());
  }

  madeBy(id: string, maker: Maker): void {
    this.#makers.delete(id);
    this.#makers.set(id, maker);
    const [oldest] = this.#makers.keys();
    if (this.#makers.size > this.#count) this.#makers.delete(oldest as string);
    if (!this.enabled) return;
    this.#unwritten.push({ id, ...maker, at: this.#host.date() });
    this.#timer ??= setTimeout(() => this.#writeMakers(), WRITE_EVERY_MS).unref();
  }

  close(): Promise<void> {
    this.#writeMakers();
    return this.#store.close();
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
