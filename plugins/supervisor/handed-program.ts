import { createHash } from 'node:crypto';
import type { ProcessSpec } from '../../core/contracts/index.ts';
import type { HandedProgram } from '../../kits/feature-kit/index.ts';
import type { AdoptedGroup } from '../../kits/process-kit/index.ts';
import type { Program } from './program.ts';
import type { Run, ProgramAddress } from './run.ts';

/** A run that is ready. */
export interface Running {
  readonly run: Run;
  /** values that the toolchain gave */
  readonly values: Record<string, string> | undefined;
  readonly healthyForMs: number;
}

/** The facts that the next gateway process needs to continue with a running program. */
export interface ProgramFacts extends Omit<AdoptedGroup, 'streams'>, Omit<Running, 'run'> {
  readonly place: ProgramAddress;
  /** lines that it has written */
  readonly lines: number;
  /** starts after a crash */
  readonly restarts: number;
  /** the digest of its launch, by `launchOf` */
  readonly launch: string;
}

/** A program that another gateway process has started. */
export interface Adoption extends Omit<Running, 'run'>, Pick<ProgramFacts, 'place' | 'lines'> {
  readonly group: AdoptedGroup;
}

/** For the next gateway process; its output is not read until then. undefined: it is not ready */
export async function give(
  program: Program,
  { spec, restarts }: { spec: ProcessSpec; restarts: number },
): Promise<Omit<HandedProgram, 'name'> | undefined> {
  const { running } = program;
  const given = running?.run.give();
  if (!running || !given) return undefined;
  const { run, ...known } = running;
  const { streams, ...group } = given;
  program.log.output.flush();
  await program.log.flush();
  const lines = program.log.output.count;
  const facts: ProgramFacts = {
    ...group,
    ...known,
    place: run.place,
    lines,
    restarts,
    launch: launchOf(spec),
  };
  return { facts, streams };
}

export function adoptionOf(
  { pid, cgroup, mark, ...facts }: ProgramFacts,
  streams: AdoptedGroup['streams'],
): Adoption {
  return { ...facts, group: { pid, cgroup, mark, streams } };
}

/** A digest of a program's launch, which contains secrets. */
export function launchOf({
  command,
  cwd,
  env,
  files,
  source,
  port,
  host,
  limits,
  secrets,
}: ProcessSpec): string {
  const all = JSON.stringify([command, cwd, env, files, source, port, host, limits, secrets]);
  return createHash('sha256').update(all).digest('base64');
}
