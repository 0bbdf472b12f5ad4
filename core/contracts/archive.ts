/** What keeps ended requests longer than memory does. */
import type { TraceRecord } from '../record.ts';
import type { RequestFilter } from '../request-filter.ts';

export interface Archive {
  /** Those that match, newest first; rejects when it cannot be read. */
  readonly requests: (filter: RequestFilter, limit: number) => Promise<readonly TraceRecord[]>;
  /** The one with that id, ours or an upstream's own. */
  readonly request: (id: string) => Promise<TraceRecord | undefined>;
}
