/** For a checkout: an environment of its own beside it, with what its requirements and its provider file name. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OptionsOf, ToolchainJob } from '../../../core/contracts/index.ts';
import { fingerprint, isMade, RANGE, remade } from '../../../kits/toolchain-kit/index.ts';
import { validator } from '../../../kits/feature-kit/index.ts';
import { findPython } from './find.ts';
import { ask, versionOf } from './interpreter.ts';
import { fillVenv, pythonIn } from './fill-venv.ts';

/** What a provider with code of its own asks of this toolchain. */
export type VenvPackages = OptionsOf<typeof packagesSchema>;

const packagesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['python'],
  properties: {
    /** '>=3.12', '>=3.10 <3.13' */
    python: { type: 'string', pattern: RANGE },
    /** a requirements.txt, seen from the checkout */
    requirements: { type: 'string', minLength: 1 },
    /** further packages, as pip is told: 'flask==3.1.3' */
    named: { type: 'array', items: { type: 'string', pattern: '^[^-]' } },
  },
} as const;

export const isVenvPackages = validator({ allErrors: true }).compile<VenvPackages>(packagesSchema);

interface VenvJob extends Omit<ToolchainJob, 'packages'> {
  readonly packages: VenvPackages;
}

/** An interpreter that came with newer bits under the same path makes packages wrong that were built for the older one. */
export async function prepareVenv(
  job: VenvJob,
  { configured, env }: { configured: string | undefined; env: Record<string, string> },
): Promise<Record<string, string>> {
  const { provider, packages, checkout, folder, signal, progress } = job;
  const { requirements, python: range } = packages;
  const wanted =
    requirements === undefined ? '' : await readFile(join(checkout!.folder, requirements), 'utf8');
  const from = (version: string) => fingerprint(wanted, packages, configured ?? '', version);

  const inside = await ask(pythonIn(folder), env, signal);
  if (inside && (await isMade(folder, from(versionOf(inside))))) return { python: pythonIn(folder) };
  progress('looking for Python');
  const found = await findPython({ provider, range, configured, env, signal });
  await remade(folder, from(versionOf(found.python)), (stage) =>
    fillVenv({ ...job, checkout: checkout!, found, env, stage }),
  );
  return { python: pythonIn(folder) };
}
