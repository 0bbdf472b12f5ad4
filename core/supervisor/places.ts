import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from '../contracts.ts';

/** Where a local program's things are, under the config's `home`. */
export interface Places {
  /** its code, or for want of any what its toolchain installs */
  readonly folder: string;
  /** what a toolchain made of its code */
  readonly prepared: string;
  /** what the program writes */
  readonly data: string;
  /** the lines that it wrote */
  readonly logFile: string;
}

export function placesOf(home: string, provider: string): Places {
  return {
    folder: join(home, 'apis', provider),
    prepared: join(home, 'prepared', provider),
    data: join(home, 'data', provider),
    logFile: join(home, 'logs', `${provider}.log`),
  };
}

/** Whether a program could be run as it is. */
export function isThere({ spec, folder, prepared }: Places & { readonly spec: ProcessSpec }): boolean {
  if (spec.unavailable !== undefined) return false;
  return !spec.source || existsSync(spec.source.code ? prepared : folder);
}
