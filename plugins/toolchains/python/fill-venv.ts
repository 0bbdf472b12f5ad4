import { join } from 'node:path';
import { runTool, type Checkout } from '../../../kits/toolchain-kit/index.ts';
import { explainInstall } from './failure.ts';
import type { Found } from './find.ts';
import type { VenvPackages } from './packages.ts';
import { runPip } from './pip.ts';

interface Filling {
  readonly provider: string;
  readonly packages: VenvPackages;
  readonly checkout: Checkout;
  readonly folder: string;
  readonly found: Found;
  readonly env: Record<string, string>;
  readonly stage: string;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

export const pythonIn = (folder: string): string =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

/**
 * Makes an environment and installs into it. Its scripts name the stage, so programs are run as `python -m NAME`.
 * @throws GatewayError install_failed, with pip's last words and the remedy
 */
export async function fillVenv(filling: Filling): Promise<void> {
  const { provider, packages, checkout, found, env, stage, signal } = filling;
  const { executable } = found.python;
  // Its own pip would take seconds, and Debian's Python has none to give.
  const command = [executable, '-m', 'venv', '--without-pip', stage];
  await runTool({ provider, command, cwd: stage, env, signal, remedies: [] });
  const { requirements, named = [] } = packages;
  const wanted = [
    ...(requirements === undefined ? [] : ['-r', join(checkout.folder, requirements)]),
    ...named,
  ];
  if (wanted.length === 0) return;

  const inside = pythonIn(stage);
  const words = ['install', '--no-input', '--disable-pip-version-check', ...wanted];
  const lines = await pip([found.installer.executable, '-m', 'pip', '--python', inside, ...words], filling);
  if (lines === undefined) return;
  if (!lines.some((line) => line.includes('no such option: --python'))) return fail(filling, lines);
  await runTool({
    provider,
    command: [inside, '-m', 'ensurepip'],
    cwd: stage,
    env,
    signal,
    remedies: [[/No module named ensurepip/, 'this Python has no pip that is new enough (22.3); upgrade it']],
  });
  const further = await pip([inside, '-m', 'pip', ...words], filling);
  if (further) fail(filling, further);
}

/** @returns what it wrote when it failed */
async function pip(command: readonly string[], filling: Filling): Promise<readonly string[] | undefined> {
  const { exit, lines } = await runPip({ ...filling, command });
  return exit.code === 0 ? undefined : lines;
}

function fail({ found, ...filling }: Filling, lines: readonly string[]): never {
  throw explainInstall({ ...filling, python: found.python, exit: { code: 1, signal: null }, lines });
}
