import type { FeaturePlugin, OptionsOf, Upstream } from '../core/contracts/index.ts';
import { threadsOf } from '../kits/feature-kit/index.ts';
import { Lists, passing } from './model-lists/lists.ts';
import { MainLists, tellLists } from './model-lists/main-lists.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Asks providers without a model map which models they have.',
  properties: {
    every: { format: 'duration', default: '10m', description: 'Interval between two checks.' },
    near: {
      format: 'duration',
      default: '10s',
      description: 'Interval for servers that are reached by plain http:, such as those on this machine.',
    },
    within: { format: 'duration', default: '5s', description: 'How long one check may take.' },
  },
} as const;

/** ms the gateway waits for the first lists before it takes requests, so that models are known by then. */
const FIRST = 500;

/**
 * Asks providers for their models, in the background and at no cost: at start, at an interval, when a program is up,
 * and when a request names an unknown model. A provider that has no list gets any name passed on.
 */
export default {
  name: 'model-lists',
  inEachThread: true,
  options,
  create({ every, near, within }, { app, events, gateway, log, now }) {
    events.onAttempt(({ target, outcome, status = 0 }, { call }) => {
      if (target.model !== '*' || outcome !== 'answered' || status >= 300) return;
      gateway.upstreams.get(target.provider.name)?.answeredFor(call.model);
    });
    const threads = threadsOf(gateway);
    if (threads && !threads.isMain) {
      const ofMain = new MainLists(threads, gateway);
      gateway.models.lists.provide(ofMain);
      app.addHook('onReady', () => ofMain.fetchAll());
      return undefined;
    }
    const listed = threads && tellLists(threads, gateway);
    const lists = new Lists({ gateway, log, now, listed }, within);
    gateway.models.lists.provide(lists);
    const timers = [
      setInterval(() => void lists.fetchAll((upstream) => !isNear(upstream)), every),
      setInterval(() => void lists.fetchAll(isNear), near),
    ];
    for (const timer of timers) timer.unref();
    events.onProviderState((name, { state }) => {
      const upstream = gateway.upstreams.get(name);
      if (state === 'healthy' && upstream) void lists.fetch(upstream);
    });
    app.addHook('onReady', () => Promise.race([lists.fetchAll(), passing(FIRST)]));
    return {
      close: () => {
        for (const timer of timers) clearInterval(timer);
      },
    };
  },
} satisfies FeaturePlugin<OptionsOf<typeof options>>;

const isNear = ({ provider }: Upstream): boolean => provider.origin?.startsWith('http:') === true;
