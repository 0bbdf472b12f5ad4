import type { KeyRecord } from '../key-record.ts';
import type { Limit } from '../limits/limits.ts';

/** What each table holds. */
export interface Tables {
  readonly keys: KeyRecord;
  readonly limits: Limit;
}
export type Table = keyof Tables;

export interface Stored {
  readonly record: KeyRecord;
  /** ms since 1970; null: never */
  readonly usedEpochMs: number | null;
}

/** All keys, and all limits that were made by the API. */
export interface AllStored {
  readonly keys: readonly Stored[];
  readonly limits: readonly Limit[];
}

/** What another gateway has made, changed or removed. */
export interface Changes extends AllStored {
  /** ids */
  readonly removed: { readonly [Name in Table]: readonly string[] };
}

/** Keys, and the limits that were made by the API. */
export interface KeyStore {
  /** false: another gateway may have made a key that this one does not know yet */
  readonly isCurrent: boolean;
  /** @throws GatewayError `config_invalid`: without its keys the gateway would be open to all. undefined: they are not known yet */
  read(): Promise<AllStored | undefined>;
  /** @throws GatewayError `action_conflict` if there is one of that name, `key_not_saved`, `store_unavailable` */
  add<Name extends Table>(table: Name, record: Tables[Name]): Promise<void>;
  /**
   * Changes what is stored, which another gateway may have changed since it was read.
   * @returns undefined: it is not there any more
   */
  change<Name extends Table>(
    table: Name,
    id: string,
    edit: (stored: Tables[Name]) => Tables[Name],
  ): Promise<Tables[Name] | undefined>;
  remove(table: Table, id: string): Promise<void>;
  /** @param used when keys were used last, by their ids */
  saveActivities(used: ReadonlyMap<string, number | null>): Promise<void> | void;
  /** Calls it with what has changed, mostly by another gateway; also with what was not known at the start. */
  onChange(listener: (changes: Changes) => void): void;
  close(): Promise<void> | void;
}
