import type { Check, TestRun, TestStart } from './answers.ts';
import { dataOf } from './event-stream.ts';
import { Failure } from './fail.ts';
import { interruptible } from './interrupted.ts';
import { Progress } from './progress.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { oneLine, table } from './table.ts';

type Event = TestStart | (Check & { readonly provider: string }) | TestRun;

/** What providers can do, and what is wrong with those that fail. */
export const test: Subcommand = {
  name: 'test',
  takes: '[NAME…] [--model M] [--start]',
  does: 'tests providers with real requests; shows what fails and why',
  about:
    'Checks: health, models, chat, stream, format, errors, abort, speed. – marks a check that could not be made.\n' +
    'Without names it tests all providers in use. --start also starts programs that are not running.',
  words: [0, 1_000],
  options: { model: 'M' },
  flags: { start: '' },
  completes: 'providers',
  async run(given) {
    const summary = await interruptible((signal) => tested(given, signal), 'the test was stopped');
    show(given, summary, () => board(summary, given.people) + failures(summary));
    if (!summary.ok) process.exitCode = 1;
  },
};

async function tested({ gateway, args, options }: Run, signal: AbortSignal): Promise<TestRun> {
  const { model, start } = options;
  const asked = { suite: true, ...(args.length > 0 && { providers: args }), model, start };
  const sending = { headers: { accept: 'text/event-stream' }, signal };
  const { body } = await gateway.send('POST', '/v1/test', asked, sending);
  let progress: Progress | undefined;
  try {
    for await (const data of dataOf(body ?? new ReadableStream())) {
      const event = JSON.parse(data) as Event;
      if ('checks' in event) progress = new Progress(event.providers.length * event.checks.length);
      else if ('check' in event) {
        progress?.done(event.provider);
        progress?.tell(event.provider, `${event.check} ${sign(event)}`);
      } else return event;
    }
  } finally {
    progress?.clear();
  }
  throw new Failure('the gateway ended before the test did');
}

const sign = ({ ok }: Pick<Check, 'ok'>): string => (ok === null ? '–' : ok ? '✓' : '✗');

function board({ providers }: TestRun, people: boolean): string {
  const names = providers[0]?.checks.map(({ check }) => check) ?? [];
  const rows = providers.map(({ provider, checks }) => [
    provider,
    ...checks.map(sign),
    ...measured(checks.find(({ ttft }) => ttft !== undefined)),
  ]);
  return table(['provider', ...names, 'first token', 'tokens/s'], rows, people);
}

function measured(speed: Check | undefined): string[] {
  if (!speed) return ['-', '-'];
  return [`${speed.ttft} ms`, `${speed.estimated ? '~' : ''}${speed.tokensPerSecond}`];
}

/** A line for each failed check, and one for its remedy. */
function failures({ providers }: TestRun): string {
  return providers
    .flatMap(({ provider, checks }) =>
      checks
        .filter(({ ok }) => ok === false)
        .map(({ check, detail, remedy, request }) => {
          const what = `✗ ${provider} ${check}: ${oneLine(detail)}${request === undefined ? '' : ` (switchyard why ${request})`}\n`;
          return remedy === undefined ? what : `${what}  ${oneLine(remedy)}\n`;
        }),
    )
    .join('');
}
