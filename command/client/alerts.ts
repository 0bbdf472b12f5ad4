import { EXIT, Failure } from './fail.ts';
import { show, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

interface State {
  readonly webhooks: readonly {
    readonly webhook: string;
    readonly sent: number;
    readonly failed: number;
    readonly dropped: number;
    readonly waiting: number;
    readonly lastError: string | null;
  }[];
}

interface Tested {
  readonly ok: boolean;
  readonly results: readonly {
    readonly webhook: string;
    readonly ok: boolean;
    readonly error: string | null;
  }[];
}

/** The webhooks that get alerts. */
export const alerts: Subcommand = {
  name: 'alerts',
  takes: '[test]',
  does: 'shows the webhooks of the alerts; test sends each of them one',
  words: [0, 1],
  completes: ['test'],
  async run(given) {
    const [word] = given.args;
    if (word !== undefined && word !== 'test')
      throw new Failure(`alerts: '${word}' is not test, the only word it takes`, EXIT.usage);
    if (word === undefined) {
      const answer = await given.gateway.ask<State>('GET', '/alerts');
      const rows = answer.webhooks.map((one) => [
        one.webhook,
        one.sent,
        one.failed,
        one.dropped,
        one.waiting,
        one.lastError ?? '-',
      ]);
      const head = ['webhook', 'sent', 'failed', 'dropped', 'waiting', 'last error'];
      return show(given, answer, () => table(head, rows, given.people));
    }
    const answer = await given.gateway.ask<Tested>('POST', '/alerts/test');
    if (answer.results.length === 0)
      throw new Failure('alerts: there is no webhook; add one to alerts.webhooks of the config');
    const rows = answer.results.map((one) => [one.webhook, one.ok ? 'sent' : 'failed', one.error ?? '-']);
    show(given, answer, () => table(['webhook', 'state', 'what'], rows, given.people));
    if (!answer.ok) process.exitCode = 1;
  },
};
