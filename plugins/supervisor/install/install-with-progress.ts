import type { SupervisorDeps } from '../dependencies.ts';
import { install } from './install.ts';
import type { InstallJob } from './install.ts';

/**
 * ms until the log first reports the progress of an installation; each pause after that is twice as long, up to the last.
 */
const FIRST = 1_000;
const LAST = 32_000;

/** Installs a program, and reports the progress: each step to people, and ever more rarely to the log. */
export async function installWithProgress(
  parts: SupervisorDeps,
  signal: AbortSignal,
  step: (line: string) => void,
): Promise<Record<string, string>> {
  const { spec, log, now } = parts;
  const provider = parts.provider.name;
  let over = false;
  let pause = FIRST;
  let told: number | undefined;
  let last = '';
  const progress: InstallJob['progress'] = (line) => {
    if (over) return;
    if (told === undefined) log.info({ provider, ...spec.notes }, 'installing');
    told ??= now();
    if (line !== last && now() - told >= pause) {
      told = now();
      last = line;
      pause = Math.min(LAST, 2 * pause);
      log.info({ provider }, line);
    }
    step(line);
  };
  const remark: InstallJob['remark'] = (line) => log.warn({ provider }, line);
  try {
    return await install({ ...parts, provider, signal, progress, remark });
  } finally {
    over = true;
  }
}
