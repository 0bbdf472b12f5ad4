import { useNow } from '../ui/use-now.ts';
import type { Connection } from './live.ts';
import { useLive } from './store.ts';

// ms; a blip is no concern of the person's.
const GRACE = 1_000;

interface Outage {
  readonly connection: Extract<Connection, 'lost' | 'restarting' | 'absent'>;
  /** ms since it was heard last */
  readonly silence: number;
}

/** Why what is shown may be old; undefined while it is not. */
export function useOutage(): Outage | undefined {
  const connection = useLive((live) => live.connection);
  const lostAt = useLive((live) => live.lostAt);
  const now = useNow(lostAt === undefined ? 0 : 500);
  const silence = lostAt === undefined ? 0 : Math.max(0, now - lostAt);
  if (connection === 'restarting' || connection === 'absent') return { connection, silence };
  return connection === 'lost' && silence >= GRACE ? { connection, silence } : undefined;
}
