import type { ProcessSpec, Toolchain } from '../contracts.ts';
import { GatewayError } from '../errors.ts';

interface Job {
  readonly provider: string;
  readonly spec: ProcessSpec;
  readonly folder: string;
  readonly toolchain: Toolchain | undefined;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/**
 * Makes a program runnable.
 * @returns values for the placeholders of its command
 * @throws GatewayError toolchain_missing or install_failed
 */
export async function prepare({
  provider,
  spec,
  folder,
  toolchain,
  signal,
  progress,
}: Job): Promise<Record<string, string>> {
  const { source } = spec;
  if (!source) return {};
  if (!toolchain) {
    throw new GatewayError(
      'toolchain_missing',
      `${provider} needs the toolchain "${source.toolchain}", and no plugin has that name`,
    );
  }
  try {
    return await toolchain.prepare({ provider, packages: source.packages, folder, signal, progress });
  } catch (error) {
    if (error instanceof GatewayError || signal.aborted) throw error;
    const { message } = error as Error;
    throw new GatewayError('install_failed', `${provider} could not be installed: ${message}`, {
      cause: error,
    });
  }
}
