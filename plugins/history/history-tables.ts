import type { RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import { PartTables } from '../../kits/store-kit/part-tables.ts';
import { Sending } from '../../kits/store-kit/sending.ts';
import type { Waiting } from '../../kits/store-kit/shared-store.ts';
import type { Batch, StateRow } from './rows.ts';
import { RequestsSender } from './send-requests.ts';
import { SharedRequests } from './shared-requests.ts';
import type { Statistics } from './statistics.ts';
import { STEPS } from './steps.ts';
import type { SharedSettings, Store, StoreSettings } from './store.ts';

interface Given extends Pick<StoreSettings, 'keepMs' | 'size'> {
  readonly shared: SharedSettings;
  /** the file of this gateway; everything but requests is there alone */
  readonly own: Store;
  readonly say: (text: string) => void;
  readonly tell: (waiting: Waiting) => void;
}

/** History in the file of this gateway, whose requests come to PostgreSQL, too, where those of all gateways are read. */
export class HistoryTables {
  readonly #own: Store;
  readonly #tables: PartTables;
  readonly #requests: SharedRequests;
  readonly #sender: RequestsSender;
  readonly #sending: Sending;

  constructor({ shared: { postgres, node }, keepMs, size, own, say, tell }: Given) {
    this.#own = own;
    this.#tables = new PartTables(postgres, 'history', STEPS, say);
    this.#requests = new SharedRequests(this.#tables);
    this.#sender = new RequestsSender({ tables: this.#tables, node, keepMs, size, own, say, tell });
    this.#sending = new Sending(() => this.#sender.sendAll());
    this.#sending.soon();
  }

  write(batch: Batch): void {
    const waiting = (): number => this.#own.spool((spool) => spool.count);
    const before = batch.requests.reduce((sum, { count }) => sum + count, waiting());
    this.#own.write(batch);
    this.#sender.lost(before - waiting());
    this.#sending.soon();
  }

  /** Of all gateways. @throws where PostgreSQL cannot be asked */
  requestsOfAll(filter: RequestFilter, limit: number): Promise<TraceRecord[]> {
    return this.#requests.page(filter, limit);
  }

  requestOfAny(id: string): Promise<TraceRecord | undefined> {
    return this.#requests.find(id);
  }

  requests(filter: RequestFilter, limit: number): TraceRecord[] {
    return this.#own.requests(filter, limit);
  }

  request(id: string): TraceRecord | undefined {
    return this.#own.request(id);
  }

  states(provider: string, limit: number): StateRow[] {
    return this.#own.states(provider, limit);
  }

  statistics(...asked: Parameters<Store['statistics']>): Statistics {
    return this.#own.statistics(...asked);
  }

  async close(): Promise<void> {
    this.#sender.close();
    await this.#sending.close();
    this.#own.close();
    await this.#tables.close();
  }
}
