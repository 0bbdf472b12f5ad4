import type { ProgramFolder } from '../../../kits/process-kit/index.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayConfig, ProcessSpec } from '../../../core/contracts/index.ts';

/** Paths of a local program, in the config's `apis` and `home`. */
export interface ProgramPaths extends ProgramFolder {
  /** what a toolchain built from its code */
  readonly prepared: string;
  /** what the program writes */
  readonly data: string;
  /** the lines that it wrote */
  readonly logFile: string;
}

/** Of a program that is not fetched, nothing is put into `apis`. */
export function pathsOf(
  { home, apis }: Pick<GatewayConfig, 'home' | 'apis'>,
  provider: string,
  { source }: Pick<ProcessSpec, 'source'>,
): ProgramPaths {
  const before = join(home, 'apis', provider);
  const folder = source ? join(apis, provider) : before;
  return {
    folder,
    ...(before !== folder && { before }),
    prepared: join(home, 'prepared', provider),
    data: join(home, 'data', provider),
    logFile: join(home, 'logs', `${provider}.log`),
  };
}

/** It was fetched, to where it belongs or to where it was before. */
export const isFetched = ({ folder, before }: ProgramFolder): boolean =>
  existsSync(folder) || (before !== undefined && existsSync(before));

/** Whether a program could be run as it is. */
export function isRunnable({
  spec,
  prepared,
  ...place
}: ProgramPaths & { readonly spec: ProcessSpec }): boolean {
  if (spec.unavailable !== undefined) return false;
  return !spec.source || (spec.source.code ? existsSync(prepared) : isFetched(place));
}
