import { join } from 'node:path';
import type { FeaturePlugin, Host } from '../core/contracts/index.ts';
import { FleetArchive } from './history/fleet-archive.ts';
import type { HistoryTables } from './history/history-tables.ts';
import { Minutes } from './history/minutes.ts';
import { options, type HistoryOptions } from './history/options.ts';
import { Recorder } from './history/recorder.ts';
import { routes } from './history/routes.ts';
import type { StateRow } from './history/rows.ts';
import { UptimeMonitor } from './history/uptime-monitor.ts';
import type { StoreSettings } from './history/store.ts';
import { nodeOf } from '../kits/shared-kit/node-of.ts';
import type { Waiting } from '../kits/store-kit/shared-store.ts';
import { storeOf } from '../kits/store-kit/store-of.ts';
import { StoreThread } from '../kits/store-kit/store-thread.ts';

/** ms without a record or a question after which the thread ends */
const REST_AFTER_MS = 5_000;

/**
 * Requests, provider states and per-minute statistics in `<home>/history.db`. A thread of its own writes them, so that
 * neither a slow disk nor a long query delays requests.
 */
export default {
  name: 'history',
  inEachThread: false,
  after: ['shared', 'store'],
  options,
  create({ enabled, keep, size }, host) {
    const { app, events, gateway, date, log } = host;
    const minutes = new Minutes(date());
    const [store, node] = [storeOf(gateway), nodeOf(gateway)];
    const writer = openWriter({ keepMs: keep, size }, host);
    const recorder = new Recorder({ writer, minutes, log, date });
    let isClosed = false;
    if (enabled) {
      recorder.begin();
      // The start does not wait for the thread.
      app.addHook('onReady', async () => void setImmediate(() => !isClosed && writer.open()));
    }
    const asked = async <T>(question: () => Promise<T>): Promise<T> => {
      if (!enabled) throw new Error('history.enabled is false');
      await recorder.settle();
      return question();
    };

    events.onEnd(({ trace }) => {
      minutes.add(trace, date());
      if (enabled) recorder.request(trace);
    });
    const changed = (row: StateRow): void => void (enabled && recorder.state(row));
    events.onProviderState((provider, { atEpochMs, state, reason }) =>
      changed({ provider, at: atEpochMs, state, reason }),
    );
    const uptime = new UptimeMonitor(host, minutes, changed);
    const off = { ok: false, reason: 'history.enabled is false: only the last hour is known', lost: 0 };
    routes(host, {
      minutes,
      standing: () => (enabled ? recorder.standing : off),
      statistics: (query) => asked(() => writer.ask('statistics', query, minutes.fresh(query.nowEpochMs))),
      states: (provider, limit) => asked(() => writer.ask('states', provider, limit)),
    });
    if (enabled)
      gateway.archive.provide(
        store && node !== undefined
          ? new FleetArchive({ thread: writer, store, node, settle: () => recorder.settle() })
          : {
              requests: (filter, limit) => asked(() => writer.ask('requests', filter, limit)),
              request: (id) => asked(() => writer.ask('request', id)),
            },
      );
    return {
      close: async () => {
        isClosed = true;
        uptime.close();
        if (enabled) await recorder.close();
        await writer.close();
      },
    };
  },
} satisfies FeaturePlugin<HistoryOptions>;

/** Without shared requests it has a `Store`, which has the same methods except those for other gateways' requests. */
function openWriter(
  kept: Pick<StoreSettings, 'keepMs' | 'size'>,
  { gateway, config, log }: Host,
): StoreThread<HistoryTables> {
  const store = storeOf(gateway);
  const shared = store && { postgres: store.settings, node: nodeOf(gateway) as string };
  return new StoreThread<HistoryTables>({
    name: 'history',
    module: new URL('./history/thread.ts', import.meta.url),
    settings: {
      file: join(config.home, 'history.db'),
      ...kept,
      ...(shared && { shared }),
    } satisfies StoreSettings,
    say: (text) => log.warn(text),
    standing: (waiting: Waiting) => store?.waits('history', waiting),
    // Rows that wait for PostgreSQL are sent from there at any time.
    ...(!store && { restAfter: REST_AFTER_MS }),
  });
}
