import type { AnswerHeaders, Usage } from '../../core/contracts/index.ts';

/** An answer as it is kept. */
export interface Entry {
  readonly atEpochMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** It goes out piece by piece, without a length. */
  readonly isStream: boolean;
  readonly body: Uint8Array;
  /** what it has used */
  readonly usage?: Usage | undefined;
}

/** A store of answers. An answer that cannot be kept is dropped. */
export interface EntryStore {
  /** The gateway has started. */
  open(): void;
  get(key: string, nowEpochMs: number): Promise<Entry | undefined> | Entry | undefined;
  set(key: string, entry: Entry): void;
  /** @returns how many there were */
  clear(): Promise<number> | number;
  standing(): Promise<StoreStanding> | StoreStanding;
  close(): Promise<void> | void;
}

export interface StoreStanding {
  readonly entries: number;
  readonly bytes: number;
  /** why answers are not kept, or not found; null: they are */
  readonly problem: string | null;
}

/** Bytes that an entry takes beside its body. */
const REST = 1_024;

export const sizeOf = ({ body }: Entry): number => body.length + REST;

/** Of the headers of an answer, those that are true of it whenever it is sent. */
const KEPT = ['content-type', 'x-switchyard-provider', 'x-switchyard-model', 'x-switchyard-translated'];

export const keptHeaders = (headers: AnswerHeaders): Record<string, string> =>
  Object.fromEntries(
    KEPT.filter((name) => headers[name] !== undefined).map((name) => [name, String(headers[name])]),
  );
