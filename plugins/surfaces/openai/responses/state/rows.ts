/** Rows, and the members of questions: plain data, because it is posted to a thread. */
import type { PostgresSettings } from '../../../../../kits/store-kit/postgres.ts';

/** A response that was kept. */
export interface KeptResponse {
  readonly id: string;
  /** the name of the key that it was made with; '' where callers need none */
  readonly owner: string;
  /** ms since 1970 */
  readonly at: number;
  /** as its caller got it, in JSON */
  readonly response: string;
  /** the items that it answers, those of the responses before it included, in JSON */
  readonly input: string;
}

/** Which provider made a response that it keeps itself. */
export interface MadeResponse {
  readonly id: string;
  /** as that of a kept response */
  readonly owner: string;
  readonly provider: string;
  /** ms since 1970 */
  readonly at: number;
}

/** Members of each question. */
export interface Asked {
  /** ms since 1970 */
  readonly now: number;
  /** why PostgreSQL cannot be asked; absent: it can, or there is none */
  readonly problem?: string | undefined;
  /** wait for a response that another gateway has just made */
  readonly waits?: boolean;
}

export interface StateSettings {
  readonly file: string;
  readonly keepMs: number;
  readonly count: number;
  /** bytes */
  readonly size: number;
  /** where gateways share what is kept; absent: it is in the file */
  readonly postgres?: PostgresSettings;
}
