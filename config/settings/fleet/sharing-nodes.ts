import type { SharedStore, SharingNode } from '../../../kits/store-kit/shared-store.ts';
import type { SettingsTable } from './settings-table.ts';

/** ms without a report after which a gateway counts as gone, and after which it is listed no more */
const GONE_MS = 20_000;
const FORGOTTEN_MS = 600_000;

/** Which settings each gateway has that shares them: each reports its own revision, and any may read all. */
export class SharingNodes {
  readonly #table: SettingsTable;
  readonly #store: SharedStore;
  readonly #node: string;
  #telling: Promise<void> = Promise.resolve();

  constructor(table: SettingsTable, store: SharedStore, node: string) {
    this.#table = table;
    this.#store = store;
    this.#node = node;
    store.nodes = () => this.#all();
    store.onClose(() => this.#forget());
  }

  /** A report that PostgreSQL does not get is sent again with the next read. */
  tell(): void {
    this.#telling = this.#telling.then(() => this.#tell()).catch(() => undefined);
  }

  async #tell(): Promise<void> {
    const { id, sharedSettings, problem } = this.#store;
    if (!sharedSettings || problem !== undefined) return;
    await this.#table.tellNode({ id, name: this.#node, ...sharedSettings }, FORGOTTEN_MS);
  }

  async #forget(): Promise<void> {
    await this.#telling;
    if (this.#store.problem === undefined) await this.#table.forgetNode(this.#store.id);
  }

  async #all(): Promise<SharingNode[]> {
    if (this.#store.problem !== undefined) return [];
    const rows = await this.#table.nodes(FORGOTTEN_MS);
    return rows.map(({ agoMs, ...node }) => ({ ...node, agoMs, isUp: agoMs < GONE_MS }));
  }
}
