import type { Host } from '../../core/contracts/index.ts';
import type { Family } from './page.ts';

/** Counts what hooks have done with requests, and where they refused an answer or failed on it. */
export const hookCounts = ({ gateway }: Host): Family => ({
  name: 'switchyard_hooks_total',
  help: 'Requests and answers that a hook has passed, changed, refused or failed on.',
  type: 'counter',
  samples: () =>
    [...(gateway.hooks.current?.counts ?? [])].flatMap(([hook, counts]) =>
      [...counts].map(([outcome, value]) => ({ labels: { hook, outcome }, value })),
    ),
});
