import { units } from '../../config/schema/units.ts';
import type { Usage, UsageLine } from './answers.ts';
import { EXIT, Failure } from './fail.ts';
import { show, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

/** What keys have used. */
export const usage: Subcommand = {
  name: 'usage',
  takes: '[--by key,model] [--since 7d] [--only key=app] [--csv]',
  does: 'shows what keys have used: of requests and tokens, by key, owner, label, model, provider or time',
  about:
    '  --by A,B           key, owner, label, model, provider, hour, day or month; default: key\n' +
    '  --since 7d         or a date; default: 30d\n' +
    '  --until 1d         or a date\n' +
    '  --only key=app     only of a key, an owner, a label, a model or a provider\n' +
    '  --csv              as a file for a spreadsheet',
  words: [0, 0],
  options: { by: 'A,B', since: '7d', until: '1d', only: 'key=app' },
  flags: { csv: '' },
  async run(given) {
    const { by = 'key', since, until, only, csv } = given.options;
    const query = new URLSearchParams({ by: String(by) });
    if (typeof since === 'string') query.set('since', before(since, 'since'));
    if (typeof until === 'string') query.set('until', before(until, 'until'));
    if (typeof only === 'string') {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(only) ?? [];
      if (name === '') throw new Failure(`usage: --only takes such as key=app; it is '${only}'`, EXIT.usage);
      query.set(name, value);
    }
    if (csv === true) {
      query.set('format', 'csv');
      return given.print(await (await given.gateway.send('GET', `/usage?${query}`)).text());
    }
    const answer = await given.gateway.ask<Usage>('GET', `/usage?${query}`);
    const head = [
      ...answer.by,
      'requests',
      'failed',
      'unknown',
      'prompt',
      'completion',
      'estimated',
      'cost $',
      'unpriced',
    ];
    const rows = answer.data.map((line) => [
      ...answer.by.map((name) => line[name]),
      line.requests,
      line.failed,
      line.unknown,
      line.reported.prompt,
      line.reported.completion,
      line.estimated.prompt + line.estimated.completion,
      costOf(line),
      line.cost.unpriced,
    ]);
    show(given, answer, () => table(head, rows, given.people));
  },
};

/** What is known of it; '?' where nothing is. */
function costOf({ cost: { reported, estimated } }: UsageLine): string {
  if (reported === null && estimated === null) return '?';
  return ((reported ?? 0) + (estimated ?? 0)).toFixed(4);
}

/** A time before now, or a date, as a date. */
function before(text: string, option: string): string {
  const ms = units.duration?.parse(text);
  const time = ms === undefined ? Date.parse(text) : Date.now() - ms;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new Failure(`usage: --${option} '${text}' is neither a time such as 7d nor a date`, EXIT.usage);
}
