import type { Berth } from '../../../core/berth.ts';
import type { Host } from '../../../core/contracts.ts';

/** How a provider is, in the five words that scripts and dashboards of the first version know. */
export type Status = 'starting' | 'healthy' | 'unhealthy' | 'stopped' | 'error';

const STATUS: Readonly<Record<string, Status>> = {
  absent: 'stopped',
  installing: 'starting',
  stopped: 'stopped',
  starting: 'starting',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  stopping: 'stopped',
  backoff: 'error',
  failed: 'error',
  available: 'healthy',
  blocked: 'unhealthy',
};

export interface Standing {
  readonly status: Status;
  readonly state: string;
  /** why it is out as a whole, if it is */
  readonly out: string[];
  readonly dormant: boolean;
}

export function standing(berth: Berth, { now }: Host): Standing {
  const out = [...berth.blocks].filter(([, { until }]) => until > now()).map(([reason]) => reason);
  const { process, dormant } = berth;
  const at = out.length === 0 ? 'available' : 'blocked';
  const state = process?.state ?? (dormant ? 'absent' : at);
  return { status: STATUS[state] ?? 'error', state, out, dormant };
}
