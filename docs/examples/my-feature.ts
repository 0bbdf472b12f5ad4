import type { FeaturePlugin, OptionsOf } from 'switchyard-gateway/feature-kit';

const options = {
  type: 'object',
  properties: {
    path: { type: 'string', default: '/answers', description: 'Where the counts are served.' },
  },
} as const;

/** Counts the attempts at each provider by their outcome, and the requests by how they ended. */
export default {
  name: 'my-feature',
  options,
  create({ path }, { app, events, log }) {
    const attempts: Record<string, Record<string, number>> = {};
    const endings: Record<string, number> = {};

    events.onAttempt(({ target, outcome }) => {
      const counts = (attempts[target.provider.name] ??= {});
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    });
    events.onEnd(({ trace: { ending = 'unknown' } }) => {
      endings[ending] = (endings[ending] ?? 0) + 1;
    });
    events.onProviderState((provider, { state }) => log.info({ provider, state }, 'a local program changed'));

    app.get(path, () => ({ attempts, endings }));
  },
} satisfies FeaturePlugin<OptionsOf<typeof options>>;
