import type { LogLine } from '../../../core/contracts/index.ts';
import type { LogLine as Told } from './answers/provider.ts';

/** A program's log line as the API returns it. */
export function describeLine({ n, atEpochMs, line }: LogLine): Told {
  return { n, at: new Date(atEpochMs).toISOString(), line };
}
