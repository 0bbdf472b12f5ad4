import { EXIT, Failure } from './fail.ts';
import { show, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

interface Standing {
  readonly enabled: boolean;
  readonly store: string;
  readonly scope: string;
  readonly entries: number;
  readonly bytes: number;
  readonly problem?: string | null;
  readonly hits: number;
  readonly misses: number;
  readonly saved: { readonly prompt: number; readonly completion: number; readonly cost: number };
}

/** The cache of answers. */
export const cache: Subcommand = {
  name: 'cache',
  takes: '[clear]',
  does: 'shows the cache of answers; clear empties it',
  words: [0, 1],
  completes: ['clear'],
  async run(given) {
    const [word] = given.args;
    if (word !== undefined && word !== 'clear')
      throw new Failure(`cache: '${word}' is not clear, the only word it takes`, EXIT.usage);
    if (word === 'clear') {
      const answer = await given.gateway.ask<{ readonly removed: number }>('DELETE', '/cache');
      return show(given, answer, () => `${answer.removed} answers removed\n`);
    }
    const answer = await given.gateway.ask<Standing>('GET', '/cache');
    const { enabled, saved } = answer;
    const head = ['cache', 'scope', 'answers', 'bytes', 'hits', 'misses', 'saved tokens', 'saved $'];
    const row = [
      enabled ? answer.store : 'off',
      answer.scope,
      answer.entries,
      answer.bytes,
      answer.hits,
      answer.misses,
      saved.prompt + saved.completion,
      saved.cost.toFixed(4),
    ];
    const problem = answer.problem ? `${answer.problem}\n` : '';
    show(given, answer, () => table(head, [row], given.people) + problem);
  },
};
