import type { Checkout, ProcessSource, ProcessSpec, Toolchain } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { whyNotWritten } from '../../../kits/feature-kit/index.ts';
import { withFileLock } from '../../../kits/process-kit/index.ts';
import { migrateFolder } from './migrate-folder.ts';
import { fetchCode } from './fetch.ts';

export interface InstallJob {
  readonly provider: string;
  readonly spec: ProcessSpec;
  /** where its code is; without code, what its toolchain installs */
  readonly folder: string;
  /** where that may be from an earlier version */
  readonly before?: string | undefined;
  /** where its toolchain puts what it builds from the code */
  readonly prepared: string;
  readonly toolchain: Toolchain | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  readonly remark: (line: string) => void;
}

/**
 * Fetches and installs the missing parts of a program, one at a time for each folder. Values that it needs to run may still
 * be missing.
 * @returns values for the placeholders of its command
 * @throws GatewayError provider_unavailable, toolchain_missing or install_failed
 */
export async function install(job: InstallJob): Promise<Record<string, string>> {
  const { provider, spec, toolchain, folder, signal, progress } = job;
  if (spec.unavailable !== undefined)
    throw new GatewayError('provider_unavailable', `${provider} is not available: ${spec.unavailable}`);
  if (!spec.source) return {};
  if (!toolchain) {
    throw new GatewayError(
      'toolchain_missing',
      `${provider} needs the toolchain "${spec.source.toolchain}", and no plugin has that name`,
    );
  }
  const { source } = spec;
  const waits = (holder: number) => progress(`waiting for process ${holder}, which installs it too`);
  try {
    return await withFileLock(`${folder}.lock`, { signal, waits }, () =>
      installLocked(job, source, toolchain),
    );
  } catch (error) {
    if (error instanceof GatewayError || signal.aborted) throw error;
    throw new GatewayError('install_failed', `${provider} could not be installed: ${why(error as Error)}`, {
      cause: error,
    });
  }
}

const UNWRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EDQUOT']);

/** A file that could not be written has its remedy. */
function why(error: NodeJS.ErrnoException): string {
  const { path, code = '', message } = error;
  return path === undefined || !UNWRITABLE.has(code)
    ? message
    : whyNotWritten(
        path,
        error,
        "Give the gateway's user write access there, or name another folder with `apis` in the config",
      );
}

async function installLocked(
  job: InstallJob,
  { code, packages }: ProcessSource,
  toolchain: Toolchain,
): Promise<Record<string, string>> {
  const { provider, signal, progress } = job;
  await migrateFolder(job);
  const checkout: Checkout | undefined = code && (await fetchCode({ ...job, code }));
  const folder = code ? job.prepared : job.folder;
  const values = await toolchain.prepare({ provider, packages, folder, checkout, signal, progress });
  return checkout ? { checkout: checkout.folder, ...values } : values;
}
