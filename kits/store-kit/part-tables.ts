import { migrate, type Step } from './migrate.ts';
import { Postgres, type PostgresSettings } from './postgres.ts';

/** The tables of one part, which are brought to their version before the first question. */
export class PartTables {
  readonly #settings: PostgresSettings;
  readonly #part: string;
  readonly #steps: readonly Step[];
  #postgres: Promise<Postgres> | undefined;
  #isMigrated = false;

  constructor(settings: PostgresSettings, part: string, steps: readonly Step[]) {
    this.#settings = settings;
    this.#part = part;
    this.#steps = steps;
  }

  /** @throws where PostgreSQL cannot be asked, or a newer gateway has changed the tables */
  async open(): Promise<Postgres> {
    const postgres = await (this.#postgres ??= Postgres.open(this.#settings));
    if (!this.#isMigrated) await migrate(postgres, this.#part, this.#steps);
    this.#isMigrated = true;
    return postgres;
  }

  async close(): Promise<void> {
    await this.#postgres?.then((one) => one.close()).catch(() => undefined);
  }
}
