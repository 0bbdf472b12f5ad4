import type { Caller, Ticket, Work } from '../../core/contracts/index.ts';
import { loose } from '../../wire/names.ts';
import { matchesAny } from '../../wire/wildcard.ts';
import type { KeyRecord } from './key-record.ts';

/** What a key has at run time, whatever of its record changes. */
export class KeyActivity {
  /** when it was used last, and what of that is stored, ms since 1970; null: never */
  usedEpochMs: number | null = null;
  writtenEpochMs: number | null = null;
  readonly #running = new Set<Work>();

  get running(): number {
    return this.#running.size;
  }

  begin(work: Work): () => void {
    this.#running.add(work);
    return () => void this.#running.delete(work);
  }

  endAll(error: Error): number {
    const all = [...this.#running];
    for (const work of all) work.end(error);
    return all.length;
  }
}

/** A key that was made here. It never changes: a change makes another, so that what is derived of it holds. */
export class ApiKey implements Caller {
  readonly record: KeyRecord;
  readonly activity: KeyActivity;
  readonly allowsProvider: ((provider: string) => boolean) | undefined;
  readonly #allowsAll: boolean;

  constructor(record: KeyRecord, activity = new KeyActivity()) {
    this.record = record;
    this.activity = activity;
    this.#allowsAll = record.models.includes('*');
    const providers = record.providers.map(loose);
    this.allowsProvider = providers.includes('*')
      ? undefined
      : (provider) => matchesAny(providers, loose(provider));
  }

  get name(): string {
    return this.record.name;
  }

  allowsModel(model: string): boolean {
    return this.#allowsAll || (model !== '' && matchesAny(this.record.models, model));
  }

  begin(work: Work): Ticket {
    return { over: this.activity.begin(work) };
  }
}
