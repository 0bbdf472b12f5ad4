import type { Health, LoadBalancing } from './answers.ts';
import { show, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

/** The providers and their state. */
export const status: Subcommand = {
  name: 'status',
  takes: '',
  does: 'shows the state of the gateway in a few lines; fails if no provider can answer',
  words: [0, 0],
  async run(given) {
    const health = await given.gateway.ask<Health>('GET', '/health');
    const counted = health.providers.filter(({ inService }) => inService);
    const count = (word: string) => counted.filter((provider) => provider.status === word).length;
    const asleep = health.providers.filter(({ dormant }) => dormant).length;
    const [healthy, unknown] = [count('healthy'), count('unknown')];
    const { strategy } = await given.gateway.ask<LoadBalancing>('GET', '/config/load-balancing');
    show(given, { url: given.gateway.url, ...health, strategy }, () =>
      table(
        ['what', 'is'],
        [
          ['gateway', `${health.status}, version ${health.version}`],
          ['url', given.gateway.url],
          [
            'providers',
            [
              `${healthy} of ${counted.length} are healthy`,
              ...(unknown > 0 ? [`${unknown} not asked yet`] : []),
              ...(asleep > 0 ? [`${asleep} more not started`] : []),
            ].join(', '),
          ],
          ['strategy', strategy],
          ...counted.flatMap(({ name, message }) => (message === undefined ? [] : [[name, message]])),
        ],
        given.people,
      ),
    );
    if (health.status !== 'healthy') process.exitCode = 1;
  },
};
