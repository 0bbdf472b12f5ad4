import { confirm } from './confirm.ts';
import { EXIT, Failure } from './fail.ts';
import { interruptible } from './interrupted.ts';
import { byGateway } from './populate/by-gateway.ts';
import { notesOf } from './populate/notes.ts';
import type { Candidate, Populating } from './populate/populating.ts';
import { forEach } from './results.ts';
import type { Run, Subcommand } from './subcommand.ts';

export const populate: Subcommand = {
  name: 'populate',
  takes: '[NAME…] [--all] [--populated] [--here] [--yes]',
  does: 'fetches and installs programs without starting them',
  about: `Without names it takes the programs that the config names. --all: every known program. --populated: programs that were
fetched before.

A running gateway does the work. If none answers and --url is not given, the command does it itself, with the config of
--config FILE (or SWITCHYARD_CONFIG, or switchyard.yaml): in a Dockerfile, for example. --here: the command always does it
itself. A program that a gateway is running does not change; its next start brings it up to date.

Before a first installation it shows what the program writes, its risks and its licence. At a terminal it then asks for
confirmation, which --yes gives in advance. In scripts it does not ask.`,
  words: [0, Infinity],
  options: { config: 'FILE' },
  flags: { all: '', populated: '', here: '', yes: 'y' },
  completes: 'providers',
  async run(given) {
    const way = await populating(given);
    const chosen = choose(given, await way.candidates(given.args));
    if (chosen.length === 0) return given.print(given.options.json ? '{ "ok": true, "results": [] }\n' : '');
    await show(given, chosen);
    await interruptible(
      (signal) =>
        forEach(
          given,
          chosen.map(({ name }) => name),
          (name, tell) => way.populate(name, { tell, signal }),
        ),
      way.interrupted,
    );
  },
};

/** Loaded where it is needed: it loads every plugin. */
const byHand = async (given: Run): Promise<Populating> =>
  (await import('./populate/by-hand.ts')).byHand(given);

async function populating(given: Run): Promise<Populating> {
  const { here, url, config } = given.options;
  if (here || typeof config === 'string') return byHand(given);
  try {
    await given.gateway.ask('GET', '/health');
    return byGateway(given.gateway);
  } catch (error) {
    if (!(error instanceof Failure) || error.exit !== EXIT.unreachable || typeof url === 'string')
      throw error;
    return byHand(given);
  }
}

function choose({ args, options }: Run, candidates: readonly Candidate[]): readonly Candidate[] {
  if (args.length > 0 || options.all) return candidates;
  if (options.populated) return candidates.filter(({ present }) => present);
  const named = candidates.filter((one) => one.named);
  if (named.length > 0) return named;
  throw new Failure(
    `populate: the config names no program; name programs, or use --all for all of them: ${candidates.map(({ name }) => name).join(', ')}`,
    EXIT.usage,
  );
}

/** Shows the notes; at a terminal the user must confirm. */
async function show({ options, people }: Run, chosen: readonly Candidate[]): Promise<void> {
  const first = chosen.filter(({ present }) => !present);
  const notes = notesOf(first);
  if (notes === '') return;
  process.stderr.write(`${notes}\n`);
  if (!people || !process.stdin.isTTY || options.yes || options.json) return;
  const names = first.map(({ name }) => name).join(', ');
  if (!(await confirm(`Install ${names}?`))) throw new Failure('nothing was installed', EXIT.failed);
}
