import type { Line } from '../../../core/supervisor/output.ts';
import type { LogLine } from './answers/provider.ts';

/** A line of a program as the API tells it. */
export function shown({ n, at, line }: Line): LogLine {
  return { n, at: new Date(at).toISOString(), line };
}
