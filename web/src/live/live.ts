import type { LiveEvents, RequestSummary, Tick } from '../api/types.ts';
import type { LiveEvent } from './events.ts';

/**
 * How the stream of events is: `restarting` after the gateway said that it stops, `lost` when it went without a word,
 * `absent` where the gateway has none.
 */
export type Connection = 'connecting' | 'live' | 'lost' | 'restarting' | 'unauthorised' | 'absent';

/** All that the event stream has told, bounded. */
export interface Live {
  readonly connection: Connection;
  /** ms since 1970: since when there is no connection */
  readonly lostAt: number | undefined;
  readonly version: string | undefined;
  /** of the last two minutes, oldest first */
  readonly ticks: readonly Tick[];
  /** what programs that install or start say, by provider */
  readonly progress: Readonly<Record<string, LiveEvents['progress']>>;
  /** the last change of each process, by provider */
  readonly changes: Readonly<Record<string, LiveEvents['provider']>>;
  /** what has ended lately, newest first */
  readonly requests: readonly RequestSummary[];
  /** requests that came too fast to be told one by one */
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

/** What is known once an event has come. */
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
