import type { Checkout, ProcessSpec, Toolchain } from '../contracts.ts';
import { GatewayError } from '../errors.ts';
import { lacksOf } from './furnish.ts';
import { populate } from './populate.ts';

interface Job {
  readonly provider: string;
  readonly spec: ProcessSpec;
  /** where its code is, or what its toolchain installs for want of any */
  readonly folder: string;
  /** where its toolchain puts what it makes of the code */
  readonly prepared: string;
  readonly toolchain: Toolchain | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  readonly remark: (line: string) => void;
}

/**
 * Makes a program runnable.
 * @returns values for the placeholders of its command
 * @throws GatewayError provider_unavailable, toolchain_missing or install_failed
 */
export async function prepare(job: Job): Promise<Record<string, string>> {
  const { provider, spec, toolchain, signal, progress } = job;
  const lacks = lacksOf(spec, provider);
  if (lacks.length > 0)
    throw new GatewayError('provider_unavailable', `${provider} cannot be started: ${lacks.join('; ')}`);
  const { source } = spec;
  if (!source) return {};
  if (!toolchain) {
    throw new GatewayError(
      'toolchain_missing',
      `${provider} needs the toolchain "${source.toolchain}", and no plugin has that name`,
    );
  }
  try {
    const { code, packages } = source;
    const checkout: Checkout | undefined = code && (await populate({ ...job, code }));
    const folder = code ? job.prepared : job.folder;
    const made = await toolchain.prepare({ provider, packages, folder, checkout, signal, progress });
    return checkout ? { checkout: checkout.folder, ...made } : made;
  } catch (error) {
    if (error instanceof GatewayError || signal.aborted) throw error;
    const { message } = error as Error;
    throw new GatewayError('install_failed', `${provider} could not be installed: ${message}`, {
      cause: error,
    });
  }
}
