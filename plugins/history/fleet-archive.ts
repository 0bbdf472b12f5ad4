import type { Archive, RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import type { SharedStore } from '../../kits/store-kit/shared-store.ts';
import type { StoreThread } from '../../kits/store-kit/store-thread.ts';
import type { HistoryTables } from './history-tables.ts';

/** Its name in what the gateway tells of its store. */
const PART = 'history';

interface Parts {
  readonly thread: Pick<StoreThread<HistoryTables>, 'ask'>;
  readonly store: SharedStore;
  readonly node: string;
  /** settles when what was recorded here is in the file */
  readonly settle: () => Promise<void>;
}

/** Requests of all gateways: those of this one from its file, and those of the others from PostgreSQL, while it can be asked. */
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
      this.#ofOthers(() => thread.ask('requestsOfAll', filter, limit)),
    ]);
    const byId = new Map([...(all ?? []), ...own].map((trace) => [`${trace.id} ${trace.node}`, trace]));
    return [...byId.values()].sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
  }

  async request(id: string): Promise<TraceRecord | undefined> {
    const { thread, node, settle } = this.#parts;
    await settle();
    const own = await thread.ask('request', id);
    return own ? { ...own, node } : this.#ofOthers(() => thread.ask('requestOfAny', id));
  }

  async #ofOthers<T>(question: () => Promise<T>): Promise<T | undefined> {
    const { problem, missing } = this.#parts.store;
    missing.set(PART, problem);
    if (problem !== undefined) return undefined;
    try {
      return await question();
    } catch (error) {
      missing.set(PART, (error as Error).message);
      return undefined;
    }
  }
}
