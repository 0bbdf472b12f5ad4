import type { ExitMeaning } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { describeExit, meaningOf, type Exit } from '../../../kits/process-kit/index.ts';

/** It ran, ended by itself, and has to be started again. */
export class Crash extends GatewayError {
  /** it was not the program's fault */
  blameless = false;
}

/**
 * Why a program ended by itself, for people, and whether another start would end the same way.
 * @param lines what it wrote last
 */
export function explainExit(
  name: string,
  exit: Exit,
  lines: readonly string[],
  exits: readonly ExitMeaning[] | undefined,
): { readonly crash: Crash; readonly stays: boolean } {
  const how = describeExit(exit, lines);
  const meaning = meaningOf(exit, lines, exits);
  const why = meaning ? `: ${meaning.reason}; ${meaning.remedy} (it ${how})` : ` ${how}`;
  const crash = new Crash('process_failed', `${name}${why}`);
  crash.blameless = meaning?.blameless === true;
  return {
    crash,
    stays:
      exit.error !== undefined || exit.fault !== undefined || (meaning !== undefined && !meaning.passing),
  };
}
