import { readFileSync } from 'node:fs';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { onReplaced } from '../kits/feature-kit/index.ts';
import { nodeOf } from '../kits/shared-kit/node-of.ts';
import { EndedRequests } from './events/ended-requests.ts';
import { Journal } from './events/journal.ts';
import { BlockedTargets } from './events/blocked-targets.ts';
import { TickCounter } from './events/tick-counter.ts';
import { EventStream } from './events/stream.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** `GET /events`: every change as one stream of server-sent events, resumable after a break. */
export default {
  name: 'events',
  inEachThread: false,
  after: ['shared', 'store'],
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const { app, events, gateway, now, date, random } = host;
    const boot = date().toString(36) + Math.floor(random() * 36 ** 4).toString(36);
    const second = new TickCounter(host);
    const outs = new BlockedTargets();
    let ticking: NodeJS.Timeout | undefined;
    const stream = new EventStream({
      journal: new Journal(boot),
      hello: (resumed) => ({ boot, version, resumed, at: iso(date()) }),
      watched: (isWatched) => {
        clearInterval(ticking);
        ticking = isWatched ? setInterval(tick, 1_000).unref() : undefined;
        second.clear();
      },
    });
    const tick = (): void => {
      const changed = outs.changed(gateway, now());
      if (changed.length > 0) stream.tell('targets', { data: changed });
      stream.tell('tick', second.end());
    };
    const ended = new EndedRequests((batch) => stream.tell('requests', batch), nodeOf(gateway));

    events.onEnd(({ trace }) => {
      ended.add(trace);
      if (ticking) second.add(trace);
    });
    events.onProviderState((name, { state, reason, atEpochMs }) =>
      stream.tell('provider', { name, state, reason, at: iso(atEpochMs) }),
    );
    events.onProviderProgress((name, { line, sinceEpochMs }) =>
      stream.tell('progress', { name, line, since: iso(sinceEpochMs) }),
    );
    events.onConfig((changes) => stream.tell('config', { changes }));

    app.get('/events', (request, reply) => stream.open(request, reply));
    // A reader that waits for the end of the stream would hold up the shutdown.
    const close = (): void => {
      ended.flush();
      stream.close();
    };
    app.addHook('preClose', async () => close());
    onReplaced(host, close);
    return {
      close: () => clearInterval(ticking),
    };
  },
} satisfies FeaturePlugin;

const iso = (ms: number): string => new Date(ms).toISOString();
