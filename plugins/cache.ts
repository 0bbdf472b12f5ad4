import type { Context, FeaturePlugin, Sink, Trace } from '../core/contracts/index.ts';
import { addKeeper, addNote } from '../kits/feature-kit/index.ts';
import type { CacheStanding } from './cache/answers.ts';
import { CacheCounts } from './cache/counts.ts';
import { openStore } from './cache/open-store.ts';
import { options, type CacheOptions } from './cache/options.ts';
import { keyOf } from './cache/question.ts';
import { RecordingSink } from './cache/recording-sink.ts';
import { replay } from './cache/replay.ts';
import { keepForOthers, keptByMain } from './cache/threads.ts';
import { wishesIn } from './cache/wishes.ts';

/**
 * Keeps answers and sends them again to the same request: its whole body, API, targets and, unless it is shared, key are the
 * same. Errors and broken answers are never kept.
 */
export default {
  name: 'cache',
  inEachThread: true,
  after: ['shared'],
  options,
  async create(settings, host) {
    const { enabled, store: kind, scope, largest } = settings;
    const { app, events, date } = host;
    const ofMain = keptByMain(host);
    const store = ofMain?.store ?? (await openStore(settings, host));
    const own = new CacheCounts();
    const counts = ofMain?.counts ?? own;
    keepForOthers(host, { store, counts: own });

    app.get('/cache', async (): Promise<CacheStanding> => {
      const standing = await store.standing();
      return { enabled, store: kind, scope, ...standing, ...own.counted };
    });
    app.delete('/cache', async () => ({ removed: await store.clear() }));
    if (!enabled) return undefined;
    // The start does not wait for a thread, or for Redis.
    app.addHook('onReady', async () => store.open());

    const recordings = new WeakMap<Trace, { readonly key: string; readonly sink: RecordingSink }>();
    addKeeper(host, async (context: Context, sink: Sink) => {
      const key = keyOf(context, settings);
      if (key === undefined) return { context, sink };
      const { maxAgeMs, mayKeep } = wishesIn(context.call.headers['cache-control']);
      const now = date();
      const entry = maxAgeMs < 0 ? undefined : await store.get(key, now);
      const ageMs = entry ? Math.max(0, now - entry.atEpochMs) : Infinity;
      if (entry && ageMs <= maxAgeMs) {
        counts.hit(entry.usage);
        const ageS = Math.floor(ageMs / 1_000);
        addNote(context, { remark: `answered from the cache: kept ${ageS} s ago` });
        const hit: Context = { ...context, kept: (to) => replay(entry, ageS, hit, to) };
        return { context: hit, sink };
      }
      counts.missed();
      if (!mayKeep) return { context, sink };
      const recording = new RecordingSink(sink, largest);
      recordings.set(context.trace, { key, sink: recording });
      return { context, sink: recording };
    });
    events.onEnd(({ trace }) => {
      const recorded = recordings.get(trace);
      if (!recorded || trace.ending !== 'complete') return;
      const entry = recorded.sink.entry(date());
      if (!entry) return;
      counts.stored();
      store.set(recorded.key, { ...entry, usage: trace.usage });
    });
    return { close: () => store.close() };
  },
} satisfies FeaturePlugin<CacheOptions>;
