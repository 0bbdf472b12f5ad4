import type { LiveEvents, RequestSummary, Tick } from '../api/types.ts';
import type { LiveEvent } from './events.ts';

/**
 * State of the event stream: `restarting` after the gateway announced its stop, `lost` when it broke off, `absent`
 * where the gateway has none.
 */
export type Connection = 'connecting' | 'live' | 'lost' | 'restarting' | 'unauthorised' | 'absent';

/** The state collected from the event stream, bounded. */
export interface Live {
  readonly connection: Connection;
  /** ms since 1970: when the connection was lost */
  readonly lostAt: number | undefined;
  readonly version: string | undefined;
  /** of the last two minutes, oldest first */
  readonly ticks: readonly Tick[];
  /** the last output of programs that install or start, by provider */
  readonly progress: Readonly<Record<string, LiveEvents['progress']>>;
  /** the last change of each process, by provider */
  readonly changes: Readonly<Record<string, LiveEvents['provider']>>;
  /** recently ended requests, newest first */
  readonly requests: readonly RequestSummary[];
  /** requests that came too fast for events of their own */
  readonly skipped: number;
}

const TICKS = 120;
const REQUESTS = 200;

export const nothingYet: Live = {
  connection: 'connecting',
  lostAt: undefined,
  version: undefined,
  ticks: [],
  progress: {},
  changes: {},
  requests: [],
  skipped: 0,
};

/** The state after an event. */
export function after(live: Live, { name, data }: LiveEvent): Live {
  switch (name) {
    case 'hello':
      return data.resumed
        ? { ...live, connection: 'live', lostAt: undefined, version: data.version }
        : { ...nothingYet, connection: 'live', version: data.version, requests: live.requests };
    case 'tick':
      return { ...live, ticks: [...live.ticks, data].slice(-TICKS) };
    case 'requests':
      return {
        ...live,
        requests: [...data.data.toReversed(), ...live.requests].slice(0, REQUESTS),
        skipped: live.skipped + data.skipped,
      };
    case 'provider':
      return { ...live, changes: { ...live.changes, [data.name]: data } };
    case 'progress': {
      const { [data.name]: _, ...others } = live.progress;
      return { ...live, progress: data.line === null ? others : { ...others, [data.name]: data } };
    }
    case 'closing':
      return { ...live, connection: 'restarting', lostAt: live.lostAt ?? Date.now() };
    case 'targets':
    case 'config':
      return live;
  }
}
