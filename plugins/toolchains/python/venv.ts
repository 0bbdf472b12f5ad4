/**
 * A program with code of its own: an environment beside its checkout, with the packages that its requirements and its
 * provider name.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fingerprint,
  isInstalled,
  reinstall,
  type Checkout,
  type ToolchainJob,
} from '../../../kits/toolchain-kit/index.ts';
import { fillVenv, pythonIn } from './fill-venv.ts';
import { findPython, type Machine } from './find.ts';
import { ask, versionOf } from './interpreter.ts';
import { readVenv } from './packages.ts';

/** An interpreter that was replaced under the same path makes packages wrong that were built for the older one. */
export async function prepareVenv(
  job: ToolchainJob,
  checkout: Checkout,
  machine: Machine,
): Promise<Record<string, string>> {
  const { provider, folder, signal, progress } = job;
  const { configured, env } = machine;
  const packages = readVenv(job);
  const { requirements, python: range } = packages;
  const wanted =
    requirements === undefined ? '' : await readFile(join(checkout.folder, requirements), 'utf8');
  const from = (version: string) => fingerprint(wanted, packages, configured ?? '', version);

  const inside = await ask(pythonIn(folder), env, signal);
  if (inside && (await isInstalled(folder, from(versionOf(inside))))) return { python: pythonIn(folder) };
  progress('looking for Python');
  const found = await findPython({ provider, range, signal, ...machine });
  await reinstall(folder, from(versionOf(found.python)), (stage) =>
    fillVenv({ ...job, packages, checkout, found, env, stage }),
  );
  return { python: pythonIn(folder) };
}
