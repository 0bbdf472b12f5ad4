import { useNow } from '../ui/use-now.ts';
import type { Connection } from './live.ts';
import { useLive } from './store.ts';

// ms; a shorter break is not worth a message.
const GRACE = 1_000;

interface Outage {
  readonly connection: Extract<Connection, 'lost' | 'restarting' | 'absent'>;
  /** ms since the last event */
  readonly silence: number;
}

/** Why the page's data may be stale; undefined while it is not. */
export function useOutage(): Outage | undefined {
  const connection = useLive((live) => live.connection);
  const lostAt = useLive((live) => live.lostAt);
  const now = useNow(lostAt === undefined ? 0 : 500);
  const silence = lostAt === undefined ? 0 : Math.max(0, now - lostAt);
  if (connection === 'restarting' || connection === 'absent') return { connection, silence };
  return connection === 'lost' && silence >= GRACE ? { connection, silence } : undefined;
}
