import type { Berth } from '../core/berth.ts';
import type { Attempt, Context, FeaturePlugin, OptionsOf } from '../core/contracts.ts';
import { attemptChannel } from '../core/dispatch.ts';
import { processChannel, type ProcessChanged } from '../core/supervisor/channels.ts';
import { Lists, passing } from './model-lists/lists.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Asks providers without a model map which models they have.',
  properties: {
    every: { format: 'duration', default: '10m', description: 'Between two looks.' },
    near: {
      format: 'duration',
      default: '10s',
      description:
        'Between two looks at servers that are reached by plain http:, such as those on this machine.',
    },
    within: { format: 'duration', default: '5s', description: 'How long one look may take.' },
  },
} as const;

/** ms the gateway waits for the first lists before it takes requests: whose model a name is should be known by then. */
const FIRST = 500;

/**
 * Free and in the background: which models there are is asked at the start, as time goes by, when a program is up, and
 * when a name comes that nobody is known to have. Where a provider cannot say, any name is passed on to it.
 */
export default {
  name: 'model-lists',
  options,
  create({ every, near, within }, { app, yard, log, now }) {
    const lists = new Lists({ yard, log, now }, within);
    yard.lists = lists;
    const timers = [
      setInterval(() => void lists.lookAtAll((berth) => !isNear(berth)), every),
      setInterval(() => void lists.lookAtAll(isNear), near),
    ];
    for (const timer of timers) timer.unref();
    const changed = (message: unknown): void => {
      const { name, change, house } = message as ProcessChanged;
      const berth = yard.berths.get(name);
      if (house === yard && change.state === 'healthy' && berth) void lists.look(berth);
    };
    const ended = (message: unknown): void => {
      const { context, attempt, house } = message as { context: Context; attempt: Attempt; house: unknown };
      const { target, outcome, status = 0 } = attempt;
      if (target.model !== '*' || outcome !== 'answered' || status >= 300 || house !== yard) return;
      yard.berths.get(target.provider.name)?.answeredFor(context.call.model);
    };
    processChannel.subscribe(changed);
    attemptChannel.subscribe(ended);
    app.addHook('onReady', () => Promise.race([lists.lookAtAll(), passing(FIRST)]));
    return {
      close: () => {
        for (const timer of timers) clearInterval(timer);
        processChannel.unsubscribe(changed);
        attemptChannel.unsubscribe(ended);
      },
    };
  },
} satisfies FeaturePlugin<OptionsOf<typeof options>>;

const isNear = ({ provider }: Berth): boolean => provider.origin?.startsWith('http:') === true;
