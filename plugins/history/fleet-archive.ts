import type { Archive, RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import type { SharedStore } from '../../kits/store-kit/shared-store.ts';
import { storeLost } from '../../kits/store-kit/store-lost.ts';
import type { StoreThread } from '../../kits/store-kit/store-thread.ts';
import type { HistoryTables } from './history-tables.ts';

/** Its name in the state of the store. */
const PART = 'history';

interface Parts {
  readonly thread: Pick<StoreThread<HistoryTables>, 'ask'>;
  readonly store: SharedStore;
  readonly node: string;
  /** settles when all records are in the file */
  readonly settle: () => Promise<void>;
}

/**
 * Requests of all gateways: those of this one from its file, and those of the others from PostgreSQL, while it is reachable.
 */
export class FleetArchive implements Archive {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async requests(filter: RequestFilter, limit: number): Promise<readonly TraceRecord[]> {
    const { thread, node, settle } = this.#parts;
    await settle();
    const [own, all] = await Promise.all([
      thread.ask('requests', filter, limit).then((found) => found.map((trace) => ({ ...trace, node }))),
      this.#ofOthers(() => thread.ask('requestsOfAll', filter, limit)).catch(() => []),
    ]);
    const byId = new Map([...all, ...own].map((trace) => [`${trace.id} ${trace.node}`, trace]));
    return [...byId.values()].sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
  }

  /** @throws GatewayError `store_unavailable` where another gateway may have it */
  async request(id: string): Promise<TraceRecord | undefined> {
    const { thread, node, settle } = this.#parts;
    await settle();
    const own = await thread.ask('request', id);
    return own ? { ...own, node } : this.#ofOthers(() => thread.ask('requestOfAny', id));
  }

  /** @throws GatewayError `store_unavailable` */
  async #ofOthers<T>(question: () => Promise<T>): Promise<T> {
    const { problem, missing } = this.#parts.store;
    try {
      if (problem !== undefined) throw new Error(problem);
      const answer = await question();
      missing.set(PART, undefined);
      return answer;
    } catch (error) {
      missing.set(PART, (error as Error).message);
      throw storeLost('requests of other gateways', error as Error);
    }
  }
}
