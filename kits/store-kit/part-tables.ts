import { migrate, Newer, type Step } from './migrate.ts';
import { Postgres, type PostgresSettings } from './postgres.ts';
import { isRefused, isShort } from './refusal.ts';

/** The tables of one part, migrated before their first use. */
export class PartTables {
  readonly #settings: PostgresSettings;
  readonly #part: string;
  readonly #steps: readonly Step[];
  readonly #say: (text: string) => void;
  #postgres: Promise<Postgres> | undefined;
  #isMigrated = false;
  #hasTold = false;

  /** @param say takes a text for the operator: a problem that does not pass by itself */
  constructor(settings: PostgresSettings, part: string, steps: readonly Step[], say: (text: string) => void) {
    this.#say = say;
    this.#settings = settings;
    this.#part = part;
    this.#steps = steps;
  }

  /** @throws if PostgreSQL is unreachable, or a newer gateway has changed the tables */
  async open(): Promise<Postgres> {
    const postgres = await (this.#postgres ??= Postgres.open(this.#settings));
    if (!this.#isMigrated) await this.#migrate(postgres);
    return postgres;
  }

  async #migrate(postgres: Postgres): Promise<void> {
    try {
      await migrate(postgres, this.#part, this.#steps);
      this.#isMigrated = true;
    } catch (error) {
      const isLasting = error instanceof Newer || isRefused(error) || isShort(error);
      if (isLasting && !this.#hasTold)
        this.#say(
          `the tables of ${this.#part} in PostgreSQL cannot be used, and what is for them waits in files: ${(error as Error).message}`,
        );
      this.#hasTold ||= isLasting;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#postgres?.then((one) => one.close()).catch(() => undefined);
  }
}
