import { act } from '../act.ts';
import type { Provider, Providers } from '../answers.ts';
import type { Gateway } from '../gateway.ts';
import type { Populating } from './populating.ts';

/** A running gateway installs, over its API. */
export function byGateway(gateway: Gateway): Populating {
  return {
    async candidates(names) {
      const all =
        names.length === 0
          ? (await gateway.ask<Providers>('GET', '/providers')).providers
          : await Promise.all(
              names.map((name) => gateway.ask<Provider>('GET', `/providers/${encodeURIComponent(name)}`)),
            );
      return all
        .filter(({ process, lastResort }) => names.length > 0 || (process && !lastResort))
        .map(({ name, dormant, lastResort, state, process }) => ({
          name,
          named: !dormant && !lastResort,
          present: state !== 'absent',
          notes: process?.notes ?? { writes: [], risks: [] },
        }));
    },
    populate: (name, way) => act(gateway, 'populate', name, way),
    interrupted: 'the gateway continues what has begun; switchyard providers shows the progress',
  };
}
