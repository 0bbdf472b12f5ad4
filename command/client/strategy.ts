import type { LoadBalancing } from './answers.ts';
import { show, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

/** The strategy that picks among available targets. */
export const strategy: Subcommand = {
  name: 'strategy',
  takes: '[NAME] [--model M]',
  does: "shows the strategy; with a name, changes it ('default': as in the config)",
  words: [0, 1],
  completes: 'strategy',
  options: { model: 'M' },
  async run(given) {
    const [name] = given.args;
    const { model } = given.options;
    const path = '/config/load-balancing';
    if (name !== undefined) {
      const body = { strategy: name, ...(typeof model === 'string' ? { model } : {}) };
      const done = await given.gateway.ask<{ strategy: string; use?: string }>('POST', path, body);
      return show(given, done, () => `${done.use ?? done.strategy}\n`);
    }
    const answer = await given.gateway.ask<LoadBalancing>('GET', path);
    const rows = answer.available.map((one) => [one, one === answer.strategy ? 'picks' : '-']);
    show(given, answer, () => table(['strategy', 'now'], rows, given.people));
  },
};
