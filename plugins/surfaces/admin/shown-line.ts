import type { Line } from '../../../core/supervisor/output.ts';

/** A line of a program as the API tells it. */
export function shown({ n, at, line }: Line): { n: number; at: string; line: string } {
  return { n, at: new Date(at).toISOString(), line };
}
