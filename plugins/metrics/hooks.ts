import type { Host } from '../../core/contracts/index.ts';
import type { Family } from './page.ts';

/** Counts outcomes of hooks: for requests, and for answers that they refused or failed on. */
export const hookCounts = ({ gateway }: Host): Family => ({
  name: 'switchyard_hooks_total',
  help: 'Requests and answers that a hook has passed, changed, refused or failed on.',
  type: 'counter',
  samples: () =>
    [...(gateway.hooks.current?.counts ?? [])].flatMap(([hook, counts]) =>
      [...counts].map(([outcome, value]) => ({ labels: { hook, outcome }, value })),
    ),
});
