import { nearest } from '../../../wire/names.ts';
import { GatewayError } from '../../../core/errors.ts';
import { gatewayRunning } from '../../../kits/process-kit/index.ts';
import { Failure } from '../fail.ts';
import { UNSUPERVISED, type OfflineSupervisor } from '../load-supervisor.ts';
import { find, readSetup, type Known, type KnownProgram } from '../programs.ts';
import type { Result } from '../results.ts';
import type { Run } from '../subcommand.ts';
import type { Candidate, Populating } from './populating.ts';

/** The command installs by itself, as the gateway would. */
export async function byHand({ options }: Run): Promise<Populating> {
  const { config } = options;
  const remark = (line: string) => void process.stderr.write(`switchyard: ${line}\n`);
  const gateway = await readSetup(typeof config === 'string' ? config : undefined, remark);
  const { supervisor } = gateway;
  if (!supervisor) throw new Failure(`populate: ${UNSUPERVISED}`);
  const known = new Map(gateway.known.map((one) => [one.name, one]));
  return {
    candidates: async (names) =>
      names.length > 0
        ? names.map((name) => candidate(meant(gateway.known, name), supervisor))
        : gateway.known
            .filter(({ program, lastResort }) => program && !lastResort)
            .map((one) => candidate(one, supervisor)),
    populate: (name, way) =>
      populate(known.get(name) as Known, { ...way, remark, env: gateway.loaded.env, supervisor }),
    interrupted: 'unfinished work was removed',
  };
}

function candidate({ name, named, program }: Known, { isFetched }: OfflineSupervisor): Candidate {
  const notes = program?.spec.notes ?? { writes: [], risks: [] };
  return { name, named, present: !program?.spec.source || isFetched(program), notes };
}

function meant(known: readonly Known[], name: string): Known {
  const one = find(known, name);
  if (one) return one;
  const names = known.map((its) => its.name);
  const near = nearest(name, names);
  throw new Failure(
    `there is no provider '${name}'${near === undefined ? '' : ` (did you mean '${near}'?)`}; there are: ${names.join(', ')}`,
  );
}

interface Way {
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
  readonly remark: (line: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly supervisor: OfflineSupervisor;
}

async function populate({ name, program }: Known, way: Way): Promise<Result> {
  if (!program)
    return {
      provider: name,
      ok: false,
      state: '-',
      detail: `${name} is not a program: there is nothing to fetch`,
    };
  const gateway = gatewayRunning(program);
  if (gateway !== undefined)
    return {
      provider: name,
      ok: true,
      state: 'running',
      detail: `not changed: the gateway with pid ${gateway} runs it, and its next start brings it up to date`,
    };
  try {
    return { provider: name, ok: true, state: 'stopped', detail: await installed(name, program, way) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return {
      provider: name,
      ok: false,
      state: way.supervisor.isFetched(program) ? 'stopped' : 'absent',
      detail: error.message,
    };
  }
}

async function installed(name: string, program: KnownProgram, way: Way): Promise<string> {
  if (!program.spec.source) return 'there is nothing to fetch: it runs code that is already here';
  let worked = false;
  const progress = (line: string) => {
    worked = true;
    way.tell(line);
  };
  await way.supervisor.install({ ...program, ...way, provider: name, progress });
  return worked ? 'installed' : 'already up to date';
}
