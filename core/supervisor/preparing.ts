import type { Parts } from './parts.ts';
import { prepare } from './prepare.ts';
import type { Job } from './prepare.ts';

/** How often (ms) the log tells how far an installation is. */
const TOLD_EVERY = 1_000;

/** Prepares a program, and tells how far that is: each step, and the log now and then. */
export async function preparing(
  parts: Parts,
  signal: AbortSignal,
  step: (line: string) => void,
): Promise<Record<string, string>> {
  const { spec, log, now } = parts;
  const provider = parts.provider.name;
  let over = false;
  let told: number | undefined;
  const progress: Job['progress'] = (line) => {
    if (over) return;
    if (told === undefined) log.info({ provider, ...spec.notes }, 'installing');
    told ??= now();
    if (now() - told >= TOLD_EVERY) {
      told = now();
      log.info({ provider }, line);
    }
    step(line);
  };
  const remark: Job['remark'] = (line) => log.warn({ provider }, line);
  try {
    return await prepare({ ...parts, provider, signal, progress, remark });
  } finally {
    over = true;
  }
}
