import { queryClient } from '../api/query-client.ts';
import type { LiveEvent } from './events.ts';
import type { Tick } from '../api/types.ts';
import { after } from './live.ts';
import { currentLive, setLive } from './store.ts';
import { listen } from './stream.ts';

/** Connects the event stream to the live state and to loaded queries. Once per page. */
export function beginLive(): void {
  void listen({
    heard: (event) => {
      const before = currentLive();
      setLive(after(before, event));
      freshen(event, before.version !== undefined);
      if (event.name === 'tick' && statesIn(before.ticks.at(-1)) !== statesIn(event.data))
        void queryClient.invalidateQueries({ queryKey: ['providers'] });
    },
    lost: (why) => {
      const live = currentLive();
      // The gateway's own message says more.
      const connection = why === 'lost' && live.connection === 'restarting' ? 'restarting' : why;
      setLive({ ...live, connection, lostAt: live.lostAt ?? Date.now() });
      if (why === 'absent') void queryClient.invalidateQueries();
    },
  });
}

const statesIn = (tick: Tick | undefined): string =>
  Object.entries(tick?.providers ?? {})
    .map(([name, { state }]) => `${name} ${state}`)
    .join();

/** Which queries an event makes stale; after a gap, all of them. */
function freshen({ name, data }: LiveEvent, isReconnected: boolean): void {
  if (name === 'hello' && !data.resumed && isReconnected) void queryClient.invalidateQueries();
  if (name === 'provider') void queryClient.invalidateQueries({ queryKey: ['providers'] });
  if (name === 'targets') {
    for (const key of ['providers', 'routes']) void queryClient.invalidateQueries({ queryKey: [key] });
  }
  if (name === 'config') {
    for (const key of ['balancing', 'routes', 'config'])
      void queryClient.invalidateQueries({ queryKey: [key] });
  }
}
