import { lacksOf } from '../../../kits/provider-kit/index.ts';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProcessSpec } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { fillPlaceholders } from '../../../kits/process-kit/index.ts';

/** Writes the files that a program needs into its private folder. They may hold secrets, so only the gateway's user can read them. */
export async function writePrivateFiles(
  { files = {}, secrets = {} }: ProcessSpec,
  folder: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const given = Object.entries(secrets).map(([name, { value = '' }]) => [name, value] as const);
  const all = { ...values, ...Object.fromEntries(given) };
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    if (typeof content !== 'string') await copyFile(join(values.checkout ?? '', content.from), file);
    else await writeFile(file, fillPlaceholders(content, all));
    await chmod(file, 0o600);
  }
}

/** The secrets that its environment has. */
export function secretEnvironment({ secrets = {} }: ProcessSpec): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, { value, fileOnly }]) =>
      value === undefined || fileOnly ? [] : [[name, value]],
    ),
  );
}

/** Why a program cannot be started yet; undefined: it lacks nothing. */
export function missingOf(spec: ProcessSpec, provider: string): GatewayError | undefined {
  const lacks = lacksOf(spec, provider);
  if (lacks.length === 0) return undefined;
  return new GatewayError('provider_unavailable', `${provider} cannot be started: ${lacks.join('; ')}`);
}
